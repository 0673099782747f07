/** The time of scanJson is linear in the length of its text, for texts made to hurt: a broker runs it on a stranger's word. */
import { describe, expect, it } from "vitest";
import { scanJson } from "../../src/protocol/index.ts";

const UNITS = 20_000;
const MOST = 2.5;

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  try {
    work();
  } catch {
    // A refusal costs time as well.
  }
  return performance.now() - start;
}

/** How much longer twice the input takes. The fastest of many runs is the one that nothing else disturbed. */
function doublingRatio(work: (units: number) => () => unknown): number {
  const [once, twice] = [work(UNITS), work(2 * UNITS)];
  let [fastestOnce, fastestTwice] = [Infinity, Infinity];
  for (let round = 0; round < 15; round++) {
    fastestOnce = Math.min(fastestOnce, milliseconds(once));
    fastestTwice = Math.min(fastestTwice, milliseconds(twice));
  }
  return fastestTwice / fastestOnce;
}

/** The best of some attempts: a busy machine can spoil one, but no luck makes a quadratic scan look linear. */
function bestDoublingRatio(work: (units: number) => () => unknown): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 6 && best > MOST; attempt++) best = Math.min(best, doublingRatio(work));
  return best;
}

describe("twice the text takes at most two and a half times as long", () => {
  const cases: readonly (readonly [string, (units: number) => string])[] = [
    ["a run of backslashes in one string", (units) => `"${"\\\\".repeat(units * 4)}"`],
    ["a run of backslashes in a name", (units) => `{"${"\\\\".repeat(units * 4)}":1}`],
    ["a run of backslashes in a string that never ends", (units) => `"${"\\\\".repeat(units * 4)}`],
    ["a run of backslashes that ends in an escaped quote", (units) => `"${"\\\\".repeat(units * 4)}\\"`],
    ["escaped quotes", (units) => `"${'\\"'.repeat(units * 4)}"`],
    ["escaped quotes in a string that never ends", (units) => `"${'\\"'.repeat(units * 4)}`],
    ["backslashes before each of many quotes", (units) => `"${'\\\\\\\\\\"'.repeat(units)}"`],
    ["quotes that open nothing", (units) => '"'.repeat(units * 4)],
    ["strings of backslashes, one after the other", (units) => `[${'"\\\\\\\\",'.repeat(units)}0]`],
    ["many names in one object", (units) => `{${nameList(units, (index) => `"${index}":0`)}}`],
    ["many escaped names in one object", (units) => `{${nameList(units / 4, (index) => `"\\u0061${index}":0`)}}`],
    ["many small objects", (units) => `[${'{"a":{"a":0}},'.repeat(units)}0]`],
    ["brackets that close nothing", (units) => "]".repeat(units * 4)],
    ["white space", (units) => `${" ".repeat(units * 8)}0`],
    ["surrogate pairs, escaped", (units) => `["${"\\ud83d\\ude00".repeat(units)}"]`],
    ["a list of escaped surrogate pairs", (units) => `[${'"\\ud83d\\ude00",'.repeat(units)}0]`],
  ];

  function nameList(count: number, member: (index: string) => string): string {
    return Array.from({ length: count }, (_, index) => member(String(index).padStart(8, "x"))).join(",");
  }

  it.each(cases)("%s", (_, make) => {
    const ratio = bestDoublingRatio((units) => {
      const text = make(units);
      return () => scanJson(text, Number.MAX_SAFE_INTEGER);
    });
    expect(ratio).toBeLessThanOrEqual(MOST);
  });

  it("and the measure can tell: a scan that looks back over what it read takes longer", () => {
    const lookBack = (units: number) => () => {
      let seen = 0;
      for (let at = 0; at < units / 16; at++) for (let back = at; back >= 0; back--) seen += back ^ at;
      return seen;
    };
    expect(bestDoublingRatio(lookBack)).toBeGreaterThan(MOST);
  });
});
