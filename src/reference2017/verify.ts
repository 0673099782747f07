/**
 * Verifies what the 2017 reference signed. Its signature is RSASSA-PKCS1-v1_5 with SHA-512 over the decoded bytes of the
 * protected header alone; the header has `val`, the SHA-512 of the payload, and so the payload is bound.
 */
import { isJsonObject, type JsonObject, type JsonValue, ProtocolError } from "../protocol/index.ts";
import { Reference2017Error } from "./errors.ts";
import { findSigned, type PublicKeyRsa, type Signed2017 } from "./find.ts";
import { keyOf, keysOf } from "./keys.ts";
import { decodeLines, scanJson2017 } from "./read-text.ts";

/** An object of the reference that verifies. */
export interface Verified2017 {
  /** The payload's tag, as `TBSRequest`. */
  readonly tag: string;
  /** The payload, tag included. */
  readonly payload: JsonObject;
  /** The signer's fingerprint, by the rule of 2017. */
  readonly kid: string;
  /** What is signed inside of it, as the request in an answer: verified as well. */
  readonly inside: readonly Verified2017[];
}

/** A file that has an object of the reference in it; nothing of it is believed yet. */
export interface Read2017 {
  readonly file: JsonValue;
  readonly signed: readonly Signed2017[];
}

/**
 * Reads a file, if it is one of the reference's.
 *
 * @returns undefined for any other, whatever it is
 * @throws Reference2017Error `malformed`
 */
export function read2017(input: Uint8Array | string): Read2017 | undefined {
  let file: JsonValue;
  try {
    file = scanJson2017(input);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
  const signed = findSigned(file);
  return signed.length === 0 ? undefined : { file, signed };
}

/**
 * Verifies the one object of a file.
 *
 * @param others - files that may have the signer's key, as the signer's profile
 * @throws Reference2017Error any code
 */
export async function verify2017({ file, signed }: Read2017, others: readonly JsonValue[]): Promise<Verified2017> {
  const [one, ...more] = signed;
  if (one === undefined || more.length > 0) {
    throw new Reference2017Error(
      "malformed",
      `The file has ${signed.length} signed objects; one is verified at a time.`,
    );
  }
  return verifySigned(one, [file, ...others].flatMap(keysOf), 0);
}

/** An answer holds a request; nothing that the reference writes nests deeper. */
const DEPTH = 2;

async function verifySigned(signed: Signed2017, keys: readonly PublicKeyRsa[], depth: number): Promise<Verified2017> {
  const [signature] = signed.signatures;
  if (signature === undefined || depth === DEPTH) throw new Reference2017Error("malformed", "It nests too deep.");
  const { kid } = signature.header;
  const header = decode(signature.protected);
  const payload = decode(signed.payload);
  await checkHeader(readObject(header, "protected header"), signed.unprotected?.dig, payload);
  const { key } = await keyOf(kid, keys);
  if (!(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, decode(signature.signature), header))) {
    throw new Reference2017Error("signature", `The signature by ${kid} does not fit the protected header.`);
  }
  const body = readObject(payload, "payload");
  const [tag, ...tags] = Object.keys(body);
  if (tag === undefined || tags.length > 0) throw new Reference2017Error("malformed", "The payload has not one tag.");
  const inside: Verified2017[] = [];
  for (const inner of findSigned(body)) inside.push(await verifySigned(inner, keys, depth + 1));
  return Object.freeze({ tag, payload: body, kid, inside });
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  try {
    return decodeLines(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new Reference2017Error("malformed", error.message);
    throw error;
  }
}

function readObject(bytes: Uint8Array, what: string): JsonObject {
  try {
    const value = scanJson2017(bytes);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  throw new Reference2017Error("malformed", `The ${what} is not a JSON object.`);
}

/** @throws Reference2017Error `header`, `digest` */
async function checkHeader(
  header: JsonObject,
  dig: string | undefined,
  payload: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const { alg, val, crit } = header;
  if (alg !== "RS512" || crit !== undefined || typeof val !== "string" || (dig !== undefined && dig !== "S512")) {
    throw new Reference2017Error("header", "The protected header is not that of the reference: RS512 over S512.");
  }
  const said = decode(val);
  const counted = new Uint8Array(await crypto.subtle.digest("SHA-512", payload));
  if (said.length !== counted.length || said.some((byte, index) => byte !== counted[index])) {
    throw new Reference2017Error("digest", "The payload was changed: val in the protected header is not its SHA-512.");
  }
}
