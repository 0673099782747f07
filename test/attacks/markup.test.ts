/** SRML against every family of payloads in every place: refused with a code, or shown letter by letter; nothing in between. */
import { describe, expect, it } from "vitest";
import { openRequest } from "../../src/crypto/index.ts";
import { parseSrml, type Srml, SrmlError, writeSrml } from "../../src/srml/index.ts";
import { foreignFlat, foreignKey } from "../support/foreign-signer.ts";
import { CONTEXTS, FAMILIES } from "./payloads.ts";

const NAMESPACE = "http://hallambaker.com/Schemas/srml.xsd";

function parsed(document: string): Srml | string {
  try {
    return parseSrml(document);
  } catch (error) {
    if (error instanceof SrmlError) return error.code;
    throw error;
  }
}

const collapse = (text: string): string => text.replaceAll(/[ \t\n]+/g, " ");
const textsOf = ({ heading, paragraphs, buttons }: Srml): readonly string[] => [
  heading,
  ...paragraphs,
  ...buttons.map(({ label }) => label),
];

describe.each(FAMILIES)("the family $name", ({ payloads, as }) => {
  describe.each(CONTEXTS)("in: $name", ({ put, takesText }) => {
    it.each(payloads)("%j is refused with a code, or is text and nothing else", (payload) => {
      const read = parsed(put(payload));
      if (typeof read === "string") {
        expect(read).toMatch(/^[a-z_]+$/);
        return;
      }
      // What was read has the payload as a text, whole; it made no element, and changed none.
      expect([as, takesText]).toEqual(["text", true]);
      expect(textsOf(read).some((text) => text.includes(collapse(payload)))).toBe(true);
      expect(read.buttons.every(({ value }) => value === undefined)).toBe(true);
      expect(parseSrml(writeSrml(read))).toEqual(read);
    });
  });
});

describe("the table", () => {
  it("refuses in most places, and not everything: text that looks like code stays text", () => {
    const all = FAMILIES.flatMap(({ payloads }) =>
      CONTEXTS.flatMap(({ put }) => payloads.map((one) => parsed(put(one)))),
    );
    const accepted = all.filter((one) => typeof one !== "string");
    expect(all.length).toBeGreaterThan(1500);
    expect(accepted.length).toBeGreaterThan(60);
    expect(accepted.length).toBeLessThan(120);
    expect(new Set(all.filter((one) => typeof one === "string")).size).toBeGreaterThan(15);
  });
});

describe("a document that is cut off, or has no end", () => {
  const whole = `<?xml version="1.0"?><srml xmlns="${NAMESPACE}"><h1>Pay</h1><p>1,200 EUR</p><button value="a">Yes</button></srml>`;

  it("is refused at each place where it can be cut", () => {
    expect(typeof parsed(whole)).toBe("object");
    for (let length = 0; length < whole.length; length++) expect(parsed(whole.slice(0, length))).toBeTypeOf("string");
    for (let start = 22; start < whole.length; start++) expect(parsed(whole.slice(start))).toBeTypeOf("string");
  });

  it.each(["<p>", "<h1>", "<srml>", "<a>", "<!--", "<![CDATA["])("is refused with %s 1,000 times", (part) => {
    for (const { put } of CONTEXTS) expect(parsed(put(part.repeat(1000)))).toBeTypeOf("string");
  });

  it("is refused with every letter replaced by a NUL, a byte order mark or a half", () => {
    for (const odd of ["\0", "\uFEFF", "\uD800"]) {
      for (let at = 0; at < whole.length; at++) {
        expect(parsed(whole.slice(0, at) + odd + whole.slice(at + 1))).toBeTypeOf("string");
      }
    }
  });
});

describe("the bytes of a signed request", () => {
  const key = foreignKey();
  async function open(text: Uint8Array): Promise<string> {
    const around = [
      Buffer.from('{"TBSRequest":{"Text":"'),
      text,
      Buffer.from('","FromID":"a@b.example","ToID":"c@d.example"}}'),
    ];
    const header = { alg: "ES256", jwk: key.jwk };
    // Signed over exactly these bytes, by who may sign them.
    const payload = Buffer.concat(around);
    const flat = foreignFlat(key, header, payload as never);
    const { payload: encoded, ...signature } = flat;
    const opened = await openRequest({ payload: encoded, signatures: [signature] });
    return opened.text;
  }

  it("are read as UTF-8 alone", async () => {
    expect(await open(Buffer.from("<srml><h1>é</h1></srml>"))).toBe("<srml><h1>é</h1></srml>");
  });

  it.each<[string, readonly number[]]>([
    ["an overlong < of two bytes", [0xc0, 0xbc]],
    ["an overlong < of three bytes", [0xe0, 0x80, 0xbc]],
    ["an overlong < of four bytes", [0xf0, 0x80, 0x80, 0xbc]],
    ["an overlong NUL", [0xc0, 0x80]],
    ["half of a surrogate pair", [0xed, 0xa0, 0xbd]],
    ["a surrogate pair in six bytes", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ["beyond the last code point", [0xf4, 0x90, 0x80, 0x80]],
    ["a sequence that is cut off", [0xe2, 0x82]],
    ["a byte that never occurs", [0xff]],
    ["a follower without a leader", [0x80]],
    ["Latin-1", [0xe9]],
    ["a NUL", [0x00]],
  ])("are refused with %s", async (_, bytes) => {
    await expect(
      open(
        Buffer.from(
          ["<srml><h1>a", bytes, "</h1></srml>"].flatMap((part) =>
            typeof part === "string" ? [...Buffer.from(part)] : part,
          ),
        ),
      ),
    ).rejects.toThrow();
  });

  it("are refused in UTF-16, and with a byte order mark before or inside", async () => {
    await expect(open(Buffer.from("<srml/>", "utf16le"))).rejects.toThrow();
    const marked = await open(Buffer.from("\uFEFF<srml><h1>a</h1></srml>"));
    expect(parsed(marked)).toBeTypeOf("string");
  });
});
