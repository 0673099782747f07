/** Amounts: whole cents in, whole cents out, and nothing guessed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAmount, formatMoney, parseAmount } from "../../../src/demo/bank/money.ts";

describe("parseAmount", () => {
  it.each([
    ["1200", 120_000],
    ["1200.5", 120_050],
    ["1,200.00", 120_000],
    ["1,000,000.00", 100_000_000],
    ["0.01", 1],
    ["0.29", 29],
    [" 49.90 ", 4990],
    ["8.2", 820],
  ])("reads %j as %i cents", (text, cents) => {
    expect(parseAmount(text)).toBe(cents);
  });

  it.each([
    "",
    "0",
    "0.00",
    "-5",
    "+5",
    "1e3",
    "1,20",
    "1.200,00",
    "12,00",
    "1.234",
    "1000000.01",
    "0x10",
    "٣",
    "1 200",
  ])("refuses %j", (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  it("reads back every amount that it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (cents) => {
        expect(parseAmount(formatAmount(cents))).toBe(cents);
      }),
    );
  });
});

describe("formatMoney", () => {
  it.each([
    [120_000, "1,200.00 EUR"],
    [5, "0.05 EUR"],
    [0, "0.00 EUR"],
    [-123_456_789, "−1,234,567.89 EUR"],
  ])("writes %i as %j", (cents, text) => {
    expect(formatMoney(cents)).toBe(text);
  });
});
