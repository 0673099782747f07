/** Answers are counted by the calendar of where the user is: a day may have 23 or 25 hours. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pastWeeks } from "../../../src/extension/options/past-weeks.ts";

const zone = process.env["TZ"];

beforeEach(() => {
  process.env["TZ"] = "Europe/Berlin";
});
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const at = (text: string): number => new Date(text).getTime();
/** A Wednesday; on the Sunday before it the clock was put back. */
const NOW = at("2026-10-28T15:00:00");

const counts = (times: readonly number[], now = NOW): readonly number[] =>
  pastWeeks(times, now).map(({ count }) => count);

describe("the last twelve weeks", () => {
  it("end today and follow each other without a gap, also over the day on which the clock is changed", () => {
    const weeks = pastWeeks([], NOW);
    expect(weeks).toHaveLength(12);
    expect(weeks.at(-1)?.to).toEqual(new Date("2026-10-28T00:00:00"));
    for (const [index, { from, to }] of weeks.entries()) {
      const days = [from, to].map((day) => day.toDateString());
      const start = new Date("2026-10-22T00:00:00");
      start.setDate(start.getDate() - (11 - index) * 7);
      const end = new Date(start);
      end.setDate(end.getDate() + 6);
      expect(days).toEqual([start.toDateString(), end.toDateString()]);
      expect([from.getHours(), to.getHours()]).toEqual([0, 0]);
    }
  });

  it("count an answer from the first moment of a week to the last one of its last day", () => {
    const times = ["2026-10-22T00:00:00", "2026-10-28T23:59:59.999", "2026-10-21T23:59:59.999", "2026-08-06T00:00:00"];
    expect(counts(times.map(at))).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
  });

  it("leave out what was before them, and what is dated later than today", () => {
    expect(counts([at("2026-08-05T23:59:59.999"), at("2026-10-29T00:00:00")]).every((count) => count === 0)).toBe(true);
  });
});
