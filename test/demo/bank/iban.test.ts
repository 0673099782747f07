/** IBANs (ISO 13616): form and check digits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatIban, parseIban } from "../../../src/demo/bank/iban.ts";

const GOOD = "DE02120300000000202051";

describe("parseIban", () => {
  it.each(["DE02 1203 0000 0000 2020 51", "de02120300000000202051", "DE02-1203-0000-0000-2020-51"])(
    "reads %j however it is grouped",
    (text) => {
      expect(parseIban(text)).toBe(GOOD);
    },
  );

  it.each([
    "NL91ABNA0417164300",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "MT84MALT011000012345MTLCAST001S",
  ])("knows letters in the account number: %s", (text) => {
    expect(parseIban(text)).toBe(text);
  });

  it.each([
    "",
    "DE03120300000000202051",
    "DE0212030000000020205",
    "0212030000000020205151",
    "DE02 1203 0000 0000 2020 5!",
  ])("refuses %j", (text) => {
    expect(parseIban(text)).toBeUndefined();
  });

  it("notices every single mistyped digit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: GOOD.length - 1 }), fc.integer({ min: 1, max: 9 }), (place, more) => {
        const typed = String((Number(GOOD[place]) + more) % 10);
        expect(parseIban(GOOD.slice(0, place) + typed + GOOD.slice(place + 1))).toBeUndefined();
      }),
    );
  });
});

describe("formatIban", () => {
  it("groups by four", () => {
    expect(formatIban(GOOD)).toBe("DE02 1203 0000 0000 2020 51");
    expect(formatIban("AT611904300234573201")).toBe("AT61 1904 3002 3457 3201");
  });
});
