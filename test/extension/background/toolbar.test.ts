/** From what waits and how the lines are to the toolbar button. */
import { describe, expect, it } from "vitest";
import { toolbarOf } from "../../../src/extension/background/toolbar.ts";

const DOT = "•";
const badgeOf = (...args: Parameters<typeof toolbarOf>): string => toolbarOf(...args).badge;

describe("the toolbar button", () => {
  it("has a sign of its own for each state, and words; the alarm has another icon too", () => {
    const states = [
      toolbarOf(false, 0, ["online"], ""),
      toolbarOf(false, 2, ["online"], ""),
      toolbarOf(false, 0, ["offline"], ""),
      toolbarOf(true, 1, ["online"], ""),
    ];
    expect(states.map(({ badge }) => badge)).toEqual(["", "2", DOT, "!"]);
    expect(new Set(states.map(({ title }) => title)).size).toBe(4);
    expect(states.map(({ icon }) => icon)).toEqual(["", "", "", "alarm-"]);
  });

  it.each(["offline", "wrong", "redirected", "wrong_key", "clock", "not_authorised", "revoked"] as const)(
    "has a dot where the only line is %s, and none where another one is up",
    (line) => {
      expect(badgeOf(false, 0, [line], "")).toBe(DOT);
      expect(badgeOf(false, 0, [line, "online"], "")).toBe("");
    },
  );

  it("has none without an account, for a device that waits to be let in, and at the first try", () => {
    expect(badgeOf(false, 0, [], "")).toBe("");
    expect(badgeOf(false, 0, ["pending"], "")).toBe("");
    expect(badgeOf(false, 0, ["connecting"], "")).toBe("");
    expect(badgeOf(false, 0, ["connecting", "offline"], "")).toBe("");
  });

  it("keeps its dot while a background that has just woken tries again", () => {
    expect(badgeOf(false, 0, ["connecting"], DOT)).toBe(DOT);
    expect(badgeOf(false, 0, ["online"], DOT)).toBe("");
  });

  it("counts, and warns, without a line as with one", () => {
    expect(badgeOf(false, 1, ["offline"], DOT)).toBe("1");
    expect(badgeOf(true, 1, ["offline"], DOT)).toBe("!");
  });
});
