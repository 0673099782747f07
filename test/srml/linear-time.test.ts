/** Work grows with the length of hostile input, not faster: twice the text takes at most 2.5 times as long. */
import { expect, test } from "vitest";
import { gateText, parseSrml, SrmlError } from "../../src/srml/index.ts";

const OVERRIDE = "\u202E";

/** The shortest of several runs, in milliseconds: what disturbs a run only ever makes it longer. */
function timeOf(refused: () => unknown, calls: number): number {
  let shortest = Infinity;
  for (let run = 0; run < 7; run += 1) {
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) expectRefusal(refused);
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

function expectRefusal(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (error instanceof SrmlError) return;
    throw error;
  }
  throw new Error("It was accepted.");
}

/** The best of a few tries, so that one disturbed measurement fails nobody; what is quadratic gives 4 every time. */
function ratioOf(callWith: (length: number) => () => unknown, length: number, calls: number): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 4 && best > 2.5; attempt += 1) {
    best = Math.min(best, timeOf(callWith(length * 2), calls) / timeOf(callWith(length), calls));
  }
  return best;
}

const fill = (unit: string, length: number) => unit.repeat(Math.floor(length / unit.length));

test.each([
  ["plain text", "Pay Ethel "],
  ["other letters", "世界"],
  ["four marks on each letter", "a\u0301\u0302\u0303\u0304"],
  ["non-joiners among marks", "ب\u064E\u064E\u064E\u064E\u200Cب"],
  ["joiners after viramas", "क्\u200D"],
  ["families", "👨\u200D👩\u200D👧\u200D👦"],
  ["direction marks, the only right-to-left letter far away", "a\u200E"],
  ["variants", "葛\u{E0100}"],
])("gateText: %s", { timeout: 60_000 }, (_, unit) => {
  const refused = (length: number) => {
    const text = `${fill(unit, length)}ب${OVERRIDE}`;
    return () => {
      gateText(text, "text");
    };
  };
  expect(ratioOf(refused, 200_000, 1)).toBeLessThanOrEqual(2.5);
});

test("gateText: one joined emoji without end", { timeout: 60_000 }, () => {
  const refused = (length: number) => {
    const text = fill("👨\u200D", length);
    return () => {
      gateText(text, "text");
    };
  };
  expect(ratioOf(refused, 200_000, 1)).toBeLessThanOrEqual(2.5);
});

test.each<[string, (length: number) => string]>([
  ["a long text", (length) => `<srml><h1>${fill("a", length)}`],
  ["a long run of white space", (length) => `<srml><h1>${fill(" \n", length)}b`],
  ["white space that never ends", (length) => `<srml><h1>a</h1>${fill(" ", length)}x`],
  ["many entities", (length) => `<srml><h1>${fill("&amp;", length)}`],
  ["brackets that look like an end", (length) => `<srml><h1>${fill("]]", length)}>`],
  ["a long name", (length) => `<${fill("a", length)}>`],
  ["a long value", (length) => `<srml><h1>a</h1><button value="${fill("a", length)}">b</button></srml>`],
  ["many attributes", (length) => `<srml ${fill("xmlns='' ", length)}>`],
  ["many tags", (length) => `<srml>${fill("<p>b</p>", length)}`],
  ["an unfinished DOCTYPE", (length) => `<!DOCTYPE srml [${fill("<!ENTITY a 'b'>", length)}`],
])("parseSrml within its limit: %s", { timeout: 60_000 }, (_, document) => {
  const refused = (length: number) => {
    const text = document(length);
    return () => parseSrml(text);
  };
  expect(ratioOf(refused, 4000, 100)).toBeLessThanOrEqual(2.5);
});

test("parseSrml does not read what is larger than its limit", () => {
  const document = "<".repeat(50_000_000);
  expect(timeOf(() => parseSrml(document), 1)).toBeLessThan(5);
});
