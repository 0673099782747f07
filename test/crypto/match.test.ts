/** The commitment to a code: what it hides, and what it binds. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { matchCommitment, newMatchSecret } from "../../src/crypto/index.ts";

describe("a match", () => {
  it("is SHA-256 over nonce, a zero byte and the code, as a second implementation computes it", async () => {
    const { nonce, code } = newMatchSecret();
    const hash = createHash("sha256");
    hash.update(Buffer.from(nonce, "base64url")).update(Buffer.of(0)).update(code);
    expect(await matchCommitment({ nonce, code })).toBe(hash.digest("base64url"));
  });

  it("has a code of six digits, leading zeros included, and 32 bytes of nonce, new each time", () => {
    const made = Array.from({ length: 300 }, newMatchSecret);
    expect(made.every(({ code }) => /^[0-9]{6}$/.test(code))).toBe(true);
    expect(made.every(({ nonce }) => Buffer.from(nonce, "base64url").length === 32)).toBe(true);
    expect(new Set(made.map(({ nonce }) => nonce)).size).toBe(300);
    // 300 draws of a million: that even ten collide has a chance below one in 10^20.
    expect(new Set(made.map(({ code }) => code)).size).toBeGreaterThan(290);
  });

  it("is another for another code or another nonce", async () => {
    const one = newMatchSecret();
    const other = newMatchSecret();
    const code = one.code === "000000" ? "000001" : "000000";
    expect(await matchCommitment({ ...one, code })).not.toBe(await matchCommitment(one));
    expect(await matchCommitment({ ...one, nonce: other.nonce })).not.toBe(await matchCommitment(one));
  });
});
