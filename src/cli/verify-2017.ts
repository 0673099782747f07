/**
 * `confirm verify` of what the 2017 reference signed: what it is, who signed, and whether that key is the one that was
 * pinned. There is no first use here and no stored pin: these objects prove something only to whoever names the key.
 */
import { isJsonObject, type JsonObject, type JsonValue, ProtocolError } from "../protocol/index.ts";
import {
  type Read2017,
  Reference2017Error,
  scanJson2017,
  type Verified2017,
  verify2017,
} from "../reference2017/index.ts";
import { parseSrml, SrmlError } from "../srml/index.ts";
import type { Context } from "./context.ts";
import { CliError, EXIT, type Exit } from "./exit.ts";
import { printable } from "./output.ts";

const WHAT = "An object signed by the 2017 reference implementation";

/**
 * Verifies one, and says so: on stdout where it is anchored, else on stderr.
 *
 * @param options.pins - the fingerprints of which the signer must have one, by the rule of 2017
 * @param options.keys - the content of files that may have keys
 * @throws CliError for a file of keys that is no JSON
 */
export async function verifyOld(
  { output, json }: Context,
  found: Read2017,
  { pins, keys }: { readonly pins: readonly string[]; readonly keys: readonly Uint8Array[] },
): Promise<Exit> {
  let verified: Verified2017;
  try {
    verified = await verify2017(found, keys.map(keyFile));
  } catch (error) {
    if (!(error instanceof Reference2017Error)) throw error;
    output.note(`${WHAT} does not verify. ${error.message}`);
    if (json) output.result("", { verified: false, reference: 2017, error: error.code, message: error.message });
    return EXIT.no;
  }
  const anchored = pins.includes(verified.kid);
  const lines = [
    `${WHAT} verifies.`,
    ...linesOf(verified),
    anchored ? "  anchored by --pin" : notAnchored(verified, pins),
  ];
  const { kid, tag, payload } = verified;
  const found2017 = { verified: anchored, reference: 2017, kid, tag, payload };
  if (anchored) output.result(lines.join("\n"), found2017);
  else {
    for (const line of lines) output.note(line);
    if (json) output.result("", { ...found2017, error: "not_anchored" });
  }
  return anchored ? EXIT.done : EXIT.no;
}

function keyFile(content: Uint8Array): JsonValue {
  try {
    return scanJson2017(content);
  } catch (error) {
    if (error instanceof ProtocolError)
      throw new CliError(EXIT.failed, `A file of --keys is not read. ${error.message}`);
    throw error;
  }
}

function notAnchored({ kid }: Verified2017, pins: readonly string[]): string {
  return pins.length === 0
    ? `  not anchored: name the key that you know to be the signer's, as --pin ${kid}`
    : `  not anchored: the signer is not the key of --pin`;
}

function linesOf({ tag, payload, kid, inside }: Verified2017): readonly string[] {
  const body = payload[tag];
  return [
    `  what     ${/^[A-Za-z]{1,40}$/.test(tag) ? tag : "(a tag that a terminal should not show)"}`,
    ...(body !== undefined && isJsonObject(body) ? bodyLines(tag, body) : []),
    `  by       ${kid} (a fingerprint by the rule of 2017)`,
    "  passed   val is the SHA-512 of the payload",
    "  passed   the signature, RS512 over the protected header",
    ...inside.flatMap(linesOf),
  ];
}

function bodyLines(tag: string, body: JsonObject): readonly string[] {
  const said = (name: string): string => (typeof body[name] === "string" ? printable(body[name]) : "(not said)");
  if (tag === "TBSResponse") return [`  answer   ${body["Value"] === true ? "accepted" : "rejected"}`];
  if (tag !== "TBSRequest") return [];
  return [`  from     ${said("FromID")}`, `  to       ${said("ToID")}`, `  asked    ${asked(body["Text"])}`];
}

function asked(text: JsonValue | undefined): string {
  try {
    const { heading, paragraphs } = parseSrml(typeof text === "string" ? text : "");
    return [heading, ...paragraphs].join("\n           ");
  } catch (error) {
    if (error instanceof SrmlError) return "(a text that is not SRML)";
    throw error;
  }
}
