/** Dates on the wire: RFC 3339 in UTC, and nothing that has to be guessed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime, parseTime } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

describe("parseTime", () => {
  it("reads the date of the draft's examples", () => {
    expect(parseTime("2017-08-17T01:15:59Z")).toBe(Date.UTC(2017, 7, 17, 1, 15, 59));
  });

  it("takes +00:00 for Z", () => {
    expect(parseTime("2017-08-17T01:15:59+00:00")).toBe(parseTime("2017-08-17T01:15:59Z"));
  });

  it("keeps every millisecond and drops finer digits", () => {
    const second = parseTime("2026-11-01T00:00:00Z");
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      const digits = String(millisecond).padStart(3, "0");
      expect(parseTime(`2026-11-01T00:00:00.${digits}Z`)).toBe(second + millisecond);
    }
    expect(parseTime("2026-11-01T00:00:00.9999999Z")).toBe(second + 999);
    expect(parseTime("2026-11-01T00:00:00.5Z")).toBe(second + 500);
  });

  it("knows leap years", async () => {
    expect(parseTime("2028-02-29T00:00:00Z")).toBe(Date.UTC(2028, 1, 29));
    expect(await refusalCode(() => parseTime("2027-02-29T00:00:00Z"))).toBe("time");
  });

  it.each([
    ["a day that does not exist", "2026-02-31T00:00:00Z"],
    ["the thirteenth month", "2026-13-01T00:00:00Z"],
    ["the hour 24", "2026-11-01T24:00:00Z"],
    ["the minute 60", "2026-11-01T00:60:00Z"],
    ["a leap second", "2016-12-31T23:59:60Z"],
    ["another zone", "2026-11-01T00:00:00+01:00"],
    ["an unknown zone", "2026-11-01T00:00:00-00:00"],
    ["no zone", "2026-11-01T00:00:00"],
    ["no seconds", "2026-11-01T00:00Z"],
    ["a space instead of T", "2026-11-01 00:00:00Z"],
    ["small letters", "2026-11-01t00:00:00z"],
    ["a point without digits", "2026-11-01T00:00:00.Z"],
    ["ten digits of a second", "2026-11-01T00:00:00.1234567890Z"],
    ["an expanded year", "+002026-11-01T00:00:00Z"],
    ["a date alone", "2026-11-01"],
    ["white space around", " 2026-11-01T00:00:00Z"],
    ["a line feed at the end", "2026-11-01T00:00:00Z\n"],
    ["digits of another script", "２０２６-11-01T00:00:00Z"],
    ["nothing", ""],
  ])("refuses %s", async (_, text) => {
    expect(await refusalCode(() => parseTime(text))).toBe("time");
  });
});

describe("formatTime", () => {
  it("writes whole seconds, and what it writes is read as that second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }), (instant) => {
        expect(parseTime(formatTime(instant))).toBe(Math.floor(instant / 1000) * 1000);
      }),
    );
  });

  it("never rounds up into the future", () => {
    expect(formatTime(Date.UTC(2026, 10, 1, 0, 0, 0, 999))).toBe("2026-11-01T00:00:00Z");
  });
});
