import { describe, expect, it } from "vitest";
import { CODE_GROUP, FINGERPRINT_GROUP, grouped } from "../../../src/extension/page/code.ts";

describe("a typed code", () => {
  it("is set in capitals and groups of four, however it was written", () => {
    expect(grouped(" abcd efgh-ijklmnop ", CODE_GROUP)).toBe("ABCD-EFGH-IJKL-MNOP");
  });

  it("stays as it is when it is grouped again", () => {
    expect(grouped(grouped("ABCDEFGHIJ", CODE_GROUP), CODE_GROUP)).toBe("ABCD-EFGH-IJ");
  });

  it("keeps a character that no code has, so that the user sees the mistake", () => {
    expect(grouped("ABC0!", CODE_GROUP)).toBe("ABC0-!");
  });

  it("may be a fingerprint, in groups of five", () => {
    const kid = "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI";
    expect(grouped(kid.replaceAll("-", "").toLowerCase(), FINGERPRINT_GROUP)).toBe(kid);
  });
});
