import { describe, expect, it } from "vitest";
import { ago, span } from "../../../src/extension/page/times.ts";

const MINUTE = 60_000;

describe("a span", () => {
  it.each([
    [0, "0 seconds"],
    [1999, "1 second"],
    [99_999, "99 seconds"],
    [100_000, "1 minute"],
    [4 * MINUTE + 59_999, "4 minutes"],
    [89 * MINUTE, "89 minutes"],
    [90 * MINUTE, "1 hour"],
    [35 * 60 * MINUTE, "35 hours"],
    [36 * 60 * MINUTE, "1 day"],
    [-5000, "0 seconds"],
  ])("of %d ms is %s, never more than there is", (ms, words) => {
    expect(span(ms, "en")).toBe(words);
  });

  it("is said in the language of the browser", () => {
    expect(span(4 * MINUTE, "de")).toBe("4 Minuten");
  });
});

describe("how long ago", () => {
  it.each([
    [0, "now"],
    [4999, "now"],
    [20_000, "20 seconds ago"],
    [MINUTE, "1 minute ago"],
    [3 * MINUTE, "3 minutes ago"],
    [-90_000, "now"],
  ])("%d ms is %s", (ms, words) => {
    expect(ago(ms, "en")).toBe(words);
  });
});
