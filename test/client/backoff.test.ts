/** How long a client waits before its next try. */
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/client/index.ts";

describe("the backoff", () => {
  it("doubles from a second to five minutes, of which chance takes up to half", () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((failures) => backoffMs(failures, 1));
    expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000]);
    expect(backoffMs(1, 0)).toBe(500);
    expect(backoffMs(10, 0)).toBe(150_000);
  });

  it("stays at five minutes, however often it failed", () => {
    for (const failures of [11, 50, 2000, Number.MAX_SAFE_INTEGER]) expect(backoffMs(failures, 1)).toBe(300_000);
  });
});
