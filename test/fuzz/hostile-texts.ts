/** Texts that are made to keep a reader busy, each of about a given length. */
import type { JsonObject, JsonValue } from "../../src/protocol/index.ts";

export type Texts = Readonly<Record<string, (length: number) => string>>;

const fill = (unit: string, length: number): string => unit.repeat(Math.max(1, Math.floor(length / unit.length)));

function nameList(length: number, member: (index: string) => string): string {
  const one = member("x".repeat(8)).length + 1;
  const count = Math.max(1, Math.floor(length / one));
  return Array.from({ length: count }, (_, index) => member(String(index).padStart(8, "x"))).join(",");
}

/** JSON, and what begins like it. */
export const json: Texts = {
  "a run of backslashes in one string": (length) => `"${fill("\\\\", length)}"`,
  "a run of backslashes in a name": (length) => `{"${fill("\\\\", length)}":1}`,
  "a run of backslashes in a string that never ends": (length) => `"${fill("\\\\", length)}`,
  "a run of backslashes that ends in an escaped quote": (length) => `"${fill("\\\\", length)}\\"`,
  "escaped quotes": (length) => `"${fill('\\"', length)}"`,
  "backslashes before each of many quotes": (length) => `"${fill('\\\\\\\\\\"', length)}"`,
  "quotes that open nothing": (length) => fill('"', length),
  "strings of backslashes, one after the other": (length) => `[${fill('"\\\\\\\\",', length)}0]`,
  "many names in one object": (length) => `{${nameList(length, (index) => `"${index}":0`)}}`,
  "many numbers as names": (length) => `{${nameList(length, (index) => `"${index.replaceAll("x", "1")}":0`)}}`,
  "many escaped names in one object": (length) => `{${nameList(length, (index) => `"\\u0061${index}":0`)}}`,
  "many small objects": (length) => `[${fill('{"a":{"a":0}},', length)}0]`,
  "brackets that close nothing": (length) => fill("]", length),
  "white space": (length) => `${fill(" ", length)}0`,
  "one long number": (length) => fill("9", length),
  "surrogate pairs, escaped": (length) => `["${fill("\\ud83d\\ude00", length)}"]`,
  "a list of escaped surrogate pairs": (length) => `[${fill('"\\ud83d\\ude00",', length)}0]`,
};

/** Those of JSON that get past the scanner and far into the value: for readers that have it scan first. */
export const scanned: Texts = Object.fromEntries(
  ["many names in one object", "many small objects", "a list of escaped surrogate pairs"].flatMap((name) =>
    Object.entries(json).filter(([one]) => one === name),
  ),
);

/** The same few members, each with a long text, and each with a long list. */
export function members(schema: JsonObject): Texts {
  const properties = schema["properties"];
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const each = (length: number, value: (share: number) => string): string => {
    const share = Math.floor(length / Math.max(1, names.length));
    return names.length === 0 ? value(length) : `{${names.map((name) => `"${name}":${value(share)}`).join(",")}}`;
  };
  return {
    "a long text in each member": (length) => each(length, (share) => `"${fill("A", share)}"`),
    "a long list in each member": (length) => each(length, (share) => `[${fill("1,", share)}1]`),
    "many members that it does not know": (length) => `{${nameList(length, (index) => `"${index}":{}`)}}`,
  };
}

/** A valid text whose longest list, or longest string, is as long as there is room. */
export function lists(valid: string): Texts {
  const grown = (length: number, grow: (value: JsonValue, room: number) => JsonValue | undefined): string => {
    let done = false;
    const walk = (value: JsonValue): JsonValue => {
      if (!done) {
        const longer = grow(value, Math.max(0, length - valid.length));
        if (longer !== undefined) {
          done = true;
          return longer;
        }
      }
      if (Array.isArray(value)) return value.map((one: JsonValue) => walk(one));
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, one]: [string, JsonValue]) => [name, walk(one)]));
    };
    return JSON.stringify(walk(JSON.parse(valid) as JsonValue));
  };
  const longerList = (value: JsonValue, room: number): JsonValue | undefined => {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const [first] = value as readonly JsonValue[];
    const one = JSON.stringify(first).length + 1;
    return Array.from({ length: 1 + Math.floor(room / one) }, () => first ?? null);
  };
  return {
    "a list with many items": (length) => grown(length, longerList),
    "a long text where one belongs": (length) =>
      grown(length, (value, room) => (typeof value === "string" ? value + fill("A", room) : undefined)),
  };
}

const encoded = (text: string): string => Buffer.from(text).toString("base64url");
const general = (payload: string, head: string, signature: string): string =>
  JSON.stringify({ payload, signatures: [{ protected: head, signature }] });

/** JWS General JSON with one long part. */
export const jws: Texts = {
  "a long payload": (length) => general(fill("A", length), encoded('{"alg":"ES256"}'), "AAAA"),
  "a long header": (length) => general("AAAA", encoded(`{"alg":"${fill("A", (length * 3) / 4)}"}`), "AAAA"),
  "a header of many names": (length) =>
    general("AAAA", encoded(`{${nameList((length * 3) / 4, (index) => `"${index}":0`)}}`), "AAAA"),
  "a long signature": (length) => general("AAAA", encoded('{"alg":"ES256"}'), fill("A", length)),
  "many signatures": (length) =>
    `{"payload":"AAAA","signatures":[${fill('{"protected":"AAAA","signature":"AAAA"},', length)}0]}`,
};

const flat = (payload: string, head: string, signature: string): string =>
  JSON.stringify({ payload, protected: head, signature });

/** Flattened JWS with one long part. */
export const flattened: Texts = {
  "a long payload": (length) => flat(fill("A", length), encoded('{"alg":"ES256"}'), "AAAA"),
  "a long header": (length) => flat("AAAA", encoded(`{"kid":"${fill("A", (length * 3) / 4)}"}`), "AAAA"),
  "a header of many names": (length) =>
    flat("AAAA", encoded(`{${nameList((length * 3) / 4, (index) => `"${index}":0`)}}`), "AAAA"),
  "a long signature": (length) => flat("AAAA", encoded('{"alg":"ES256"}'), fill("A", length)),
  ...scanned,
};

/** No structure at all. */
export const plain: Texts = {
  "one letter": (length) => fill("A", length),
  dots: (length) => fill("a.", length),
  "signs at": (length) => fill("@", length),
  "letters and a sign at": (length) => `${fill("a.a", length)}@`,
  "a domain of many labels": (length) => `a@${fill("a.", length)}a`,
  digits: (length) => `2017-08-17T01:15:59.${fill("0", length)}Z`,
  "white space": (length) => fill(" ", length),
  dashes: (length) => fill("-", length),
  "other letters": (length) => fill("世\u0130", length),
};

const OVERRIDE = "\u202e";
const refused =
  (unit: string) =>
  (length: number): string =>
    `${fill(unit, length)}ب${OVERRIDE}`;

/** Prose that is refused at its end. */
export const prose: Texts = {
  "plain text": refused("Pay Ethel "),
  "other letters": refused("世界"),
  "four marks on each letter": refused("a\u0301\u0302\u0303\u0304"),
  "non-joiners among marks": refused("ب\u064e\u064e\u064e\u064e\u200cب"),
  "joiners after viramas": refused("क्\u200d"),
  families: refused("👨\u200d👩\u200d👧\u200d👦"),
  "one joined emoji without end": (length) => fill("👨\u200d", length),
  "direction marks, the only right-to-left letter far away": refused("a\u200e"),
  variants: refused("葛\u{e0100}"),
  flags: refused("🇪🇺"),
  keycaps: refused("1\ufe0f\u20e3"),
};

/** Documents that are refused. */
export const markup: Texts = {
  "a long text": (length) => `<srml><h1>${fill("a", length)}`,
  "a long run of white space": (length) => `<srml><h1>${fill(" \n", length)}b`,
  "white space that never ends": (length) => `<srml><h1>a</h1>${fill(" ", length)}x`,
  "many entities": (length) => `<srml><h1>${fill("&amp;", length)}`,
  "brackets that look like an end": (length) => `<srml><h1>${fill("]]", length)}>`,
  "a long name": (length) => `<${fill("a", length)}>`,
  "a long value": (length) => `<srml><h1>a</h1><button value="${fill("a", length)}">b</button></srml>`,
  "many attributes": (length) => `<srml ${fill("xmlns='' ", length)}>`,
  "many tags": (length) => `<srml>${fill("<p>b</p>", length)}`,
  "many brackets": (length) => fill("<", length),
  "an unfinished DOCTYPE": (length) => `<!DOCTYPE srml [${fill("<!ENTITY a 'b'>", length)}`,
};
