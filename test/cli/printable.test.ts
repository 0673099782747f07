/** What reaches a terminal of a text that somebody else wrote. */
import { describe, expect, it } from "vitest";
import { jsonLine, printable } from "../../src/cli/output.ts";

const REFUSED = "(a text that a terminal should not show)";

describe("a text from elsewhere", () => {
  it.each(["Zu viele Anfragen.", "طلبات كثيرة", "请求过多", "two\nlines", "a\ttab", ""])(
    "such as %j is printed as it is",
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  it.each([
    ["an escape sequence", "\u001b[2J"],
    ["the title of the window", "\u001b]0;root\u0007"],
    ["a control of eight bits", "\u009b1;1H"],
    ["a bell", "\u0007"],
    ["a backspace", "no\b\byes"],
    ["a carriage return", "rejected\raccepted"],
    ["an override of the direction", "\u202eyes"],
    ["an isolate", "\u2066yes"],
    ["what is invisible", "a\u200bb"],
    ["a line separator", "\u2028confirm: accepted"],
    ["half a surrogate pair", "\ud800"],
  ])("with %s is not printed at all", (_what, text) => {
    expect(printable(`Sorry ${text}`)).toBe(REFUSED);
    expect(printable(`first line\nSorry ${text}`)).toBe(REFUSED);
  });

  it("is in JSON the same text, in ASCII and on one line", () => {
    const text = "\u001b[2J \u009b1;1H \u202eyes \u2028 \ud83d\ude00 \u007f é \n";
    const line = jsonLine({ text });
    expect(line).toMatch(/^[ -~]*$/);
    expect(JSON.parse(line)).toEqual({ text });
  });
});
