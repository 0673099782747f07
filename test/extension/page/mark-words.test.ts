import { describe, expect, it } from "vitest";
import { MARK_WORDS } from "../../../src/extension/page/mark-words.ts";

describe("the words of a mark", () => {
  it("are 128, so that each byte names them equally often, and all different", () => {
    expect(MARK_WORDS).toHaveLength(128);
    expect(new Set(MARK_WORDS).size).toBe(128);
    for (const word of MARK_WORDS) expect(word).toMatch(/^[a-z]{3,8}$/);
  });
});
