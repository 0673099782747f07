/** Names and references: what a confirmation cannot show never gets there. */
import { describe, expect, it } from "vitest";
import { parseTextField } from "../../../src/demo/bank/text-field.ts";

describe("parseTextField", () => {
  it.each(["Discovery Shipping GmbH", "Søren Ångström & Søn", "O'Neill (no. 4/5): a+b?", "Müller"])(
    "takes %j",
    (text) => {
      expect(parseTextField(text, 70, true)).toEqual({ ok: true, text });
    },
  );

  it("collapses white space and composes letters", () => {
    expect(parseTextField("  Mu\u0308ller \t  GmbH ", 70, true)).toEqual({ ok: true, text: "Müller GmbH" });
  });

  it.each([
    ["<script>", "The character < (U+003C) cannot be used here."],
    ["Al\u202Eice", "The character U+202E cannot be used here."],
    ["Al\u200Bice", "The character U+200B cannot be used here."],
    ["Аlice", "The character А (U+0410) cannot be used here."],
  ])("refuses %j and names what is wrong", (text, problem) => {
    expect(parseTextField(text, 70, true)).toEqual({ ok: false, problem });
  });

  it("counts characters, and lets only an optional field be empty", () => {
    expect(parseTextField("a".repeat(70), 70, true).ok).toBe(true);
    expect(parseTextField("a".repeat(71), 70, true).ok).toBe(false);
    expect(parseTextField(" ", 70, true).ok).toBe(false);
    expect(parseTextField(" ", 70, false)).toEqual({ ok: true, text: "" });
  });
});
