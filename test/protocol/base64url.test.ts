/** base64url: one text for each sequence of bytes, or no text (RFC 4648, sections 3.5 and 5). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64url, encodeBase64url, encodeTextBase64url } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

describe("base64url", () => {
  it("agrees with Node on any bytes, there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64url"));
        expect(decodeBase64url(text)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it("encodes more bytes than one call can take as arguments", () => {
    const bytes = new Uint8Array(300_001).map((_, index) => index);
    expect(encodeBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
  });

  it("encodes text as UTF-8", () => {
    expect(encodeTextBase64url("é€😀")).toBe(Buffer.from("é€😀").toString("base64url"));
  });

  it("has a text for no bytes", () => {
    expect(encodeBase64url(new Uint8Array())).toBe("");
    expect(decodeBase64url("")).toEqual(new Uint8Array());
  });

  it("reads no text that it would not write itself", () => {
    const character = fc.constantFrom("A", "B", "Q", "g", "w", "z", "0", "9", "-", "_", "=", "+", "/", " ", "\n", "é");
    fc.assert(
      fc.property(fc.array(character, { maxLength: 9 }), (characters) => {
        const text = characters.join("");
        let bytes;
        try {
          bytes = decodeBase64url(text);
        } catch {
          return;
        }
        expect(encodeBase64url(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["padding", "QQ=="],
    ["padding of a whole group", "QUFB="],
    ["left-over bits that are not zero, of two characters", "QR"],
    ["left-over bits that are not zero, of three characters", "QUJ"],
    ["one character too many", "QUFBQ"],
    ["one character alone", "A"],
    ["the plus sign of the other alphabet", "ab+c"],
    ["the slash of the other alphabet", "ab/c"],
    ["white space", "QU FB"],
    ["a line feed at the end", "QUFB\n"],
    ["a character beyond ASCII", "QUF\u0142"],
    ["half a surrogate pair", "QUF\ud800"],
  ])("refuses %s", async (_, text) => {
    expect(await refusalCode(() => decodeBase64url(text))).toBe("base64url");
  });
});
