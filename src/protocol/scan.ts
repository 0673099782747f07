/**
 * The one way from bytes to JSON: bodies, JWS payloads and protected headers all pass here. It bounds bytes
 * and depth, refuses duplicate member names (RFC 7493 §2.3) and names that JavaScript treats specially, before
 * anything is parsed, and strings that are not Unicode (RFC 7493 §2.1). Time is linear in the length of the text.
 */
import { ProtocolError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import { LIMITS } from "./limits.ts";

/** Every name that an ordinary object inherits: none of them is a member of any message. */
const FORBIDDEN: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), "prototype"]);

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Parses UTF-8 bytes, or a string, as JSON.
 *
 * @param maxBytes - refuse more bytes than this without looking at them
 * @throws ProtocolError `json_too_large`, `json_malformed`, `json_too_deep`, `json_duplicate_name`, `json_forbidden_name`
 */
export function scanJson(input: Uint8Array | string, maxBytes: number): JsonValue {
  const text = typeof input === "string" ? boundedText(input, maxBytes) : decodeUtf8(input, maxBytes);
  if (LONE_SURROGATE.test(text)) throw malformed(HALF);
  checkStructure(text);
  const value = parse(text);
  if (ESCAPED_SURROGATE.test(text) && hasLoneSurrogate(value)) throw malformed(HALF);
  return value;
}

/** With the `u` flag the two halves of a pair are one character, which this does not match. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;
/** Only an escape can bring half a pair into a text that has none. */
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;
const HALF = "has half a surrogate pair, which is no character";

function malformed(why: string): ProtocolError {
  return new ProtocolError("json_malformed", `The message ${why}.`);
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw malformed("is not well-formed JSON");
  }
}

function hasLoneSurrogate(value: JsonValue): boolean {
  if (typeof value === "string") return LONE_SURROGATE.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => LONE_SURROGATE.test(name) || hasLoneSurrogate(member));
}

function tooLarge(maxBytes: number): ProtocolError {
  return new ProtocolError("json_too_large", `The message is larger than ${String(maxBytes)} bytes.`);
}

function boundedText(text: string, maxBytes: number): string {
  // A UTF-16 unit is at least one byte of UTF-8, so a long string need not be encoded to be refused.
  if (text.length > maxBytes || encoder.encode(text).length > maxBytes) throw tooLarge(maxBytes);
  return text;
}

function decodeUtf8(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed("is not UTF-8");
  }
}

function checkStructure(text: string): void {
  /** The names seen in each open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  const signs = /["{}[\],]/g;
  for (let found = signs.exec(text); found !== null; found = signs.exec(text)) {
    switch (found[0]) {
      case '"': {
        const end = endOfString(text, found.index);
        if (names !== undefined) claimName(names, text.slice(found.index, end + 1));
        // What comes next is a value, until a comma.
        names = undefined;
        signs.lastIndex = end + 1;
        break;
      }
      case ",":
        names = open.at(-1);
        break;
      case "}":
      case "]":
        open.pop();
        names = undefined;
        break;
      default:
        if (open.length === LIMITS.jsonDepth) {
          throw new ProtocolError("json_too_deep", `The message nests deeper than ${String(LIMITS.jsonDepth)} levels.`);
        }
        names = found[0] === "{" ? new Set() : undefined;
        open.push(names);
    }
  }
}

/** The index of the quote that ends the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw malformed("is not well-formed JSON");
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function claimName(names: Set<string>, token: string): void {
  const name = unquote(token);
  if (FORBIDDEN.has(name)) {
    throw new ProtocolError("json_forbidden_name", `The member name ${JSON.stringify(name)} is not allowed.`);
  }
  if (names.has(name)) {
    throw new ProtocolError("json_duplicate_name", `The member ${JSON.stringify(clip(name))} is given twice.`);
  }
  names.add(name);
}

function unquote(token: string): string {
  if (!token.includes("\\")) return token.slice(1, -1);
  return parse(token) as string;
}

function clip(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
