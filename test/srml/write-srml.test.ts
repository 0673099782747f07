import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSrml, SrmlError, type SrmlInput, writeSrml } from "../../src/srml/index.ts";
import { refusalOf } from "./refusal.ts";

const collapse = (text: string) => text.replaceAll(/[ \t\r\n]+/g, " ").replaceAll(/^ | $/g, "");

const shown = (most: number) =>
  fc
    .string({ unit: fc.constantFrom(...Array.from("aZ0<>&\"'/=![]-; \t\n\réあ世ب😀")), maxLength: most })
    .filter((text) => collapse(text) !== "");
const value = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const button = fc.oneof(fc.record({ label: shown(40) }), fc.record({ label: shown(40), value }));
const answer = (one: { label: string; value?: string }) => one.value ?? collapse(one.label);
const input = fc.record({
  heading: shown(120),
  paragraphs: fc.array(shown(200), { maxLength: 4 }),
  buttons: fc
    .uniqueArray(button, { selector: (one) => collapse(one.label), maxLength: 8 })
    .filter((buttons) => new Set(buttons.map(answer)).size === buttons.length),
});

describe("writeSrml", () => {
  test("what is written is read again as the same document, white space collapsed", () => {
    fc.assert(
      fc.property(input, (srml) => {
        expect(parseSrml(writeSrml(srml))).toStrictEqual({
          heading: collapse(srml.heading),
          paragraphs: srml.paragraphs.map(collapse),
          buttons: srml.buttons.map((one) => ({ ...one, label: collapse(one.label) })),
        });
      }),
    );
  });

  test("whatever it is given, it writes a document that is read, or is refused", () => {
    const anything: fc.Arbitrary<SrmlInput> = fc.record({
      heading: fc.string({ unit: "binary" }),
      paragraphs: fc.array(fc.string({ unit: "binary" })),
      buttons: fc.array(fc.record({ label: fc.string({ unit: "binary" }), value: fc.string() })),
    });
    fc.assert(
      fc.property(anything, (srml) => {
        let written: string;
        try {
          written = writeSrml(srml);
        } catch (error) {
          expect(error).toBeInstanceOf(SrmlError);
          return;
        }
        expect(parseSrml(written).heading).toBe(collapse(srml.heading));
      }),
    );
  });

  test("it carries the namespace of SRML, and paragraphs and buttons may be left out", () => {
    expect(writeSrml({ heading: 'Pay <Ethel> & "co"' })).toBe(
      '<srml xmlns="http://hallambaker.com/Schemas/srml.xsd">\n' +
        "  <h1>Pay &lt;Ethel&gt; &amp; &quot;co&quot;</h1>\n</srml>",
    );
  });

  test.each<[string, string, SrmlInput]>([
    ["an override", "forbidden_character", { heading: "a\u202Eb" }],
    ["a value with markup", "value", { heading: "a", buttons: [{ label: "b", value: '"><script>' }] }],
    ["nothing to show", "empty", { heading: " " }],
    ["too much", "too_large", { heading: "a", paragraphs: Array.from({ length: 16 }, () => "b".repeat(2000)) }],
  ])("it refuses %s with %s, as the parser does", (_, code, srml) => {
    expect(refusalOf(() => writeSrml(srml)).code).toBe(code);
  });
});
