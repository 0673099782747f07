/** Checkpoints of the audit log: what they say, and what is none. */
import { describe, expect, it } from "vitest";
import { CryptoError, openCheckpoint, openStamp, signCheckpoint, signStamp } from "../../src/crypto/index.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { newKey } from "../support/signing.ts";

const SERVICE = await newKey();
const HASH = "a".repeat(42) + "A";
const HEADS = [
  { writer: "A".repeat(22), sequence: 7, hash: HASH },
  { writer: "B".repeat(22), sequence: 1, hash: HASH },
];

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "opened",
    (error: unknown) => (error instanceof CryptoError ? error.code : error),
  );

describe("a checkpoint", () => {
  it("says where each chain ended, when, and by which service", async () => {
    const opened = await openCheckpoint(await signCheckpoint(SERVICE, SOME_TIME, HEADS));
    expect(opened).toMatchObject({ created: SOME_TIME, heads: HEADS, signer: { kid: SERVICE.kid } });
  });

  it("is none without typ, changed, or of another kind", async () => {
    const checkpoint = await signCheckpoint(SERVICE, SOME_TIME, HEADS);
    const other = await signCheckpoint(SERVICE, SOME_TIME + 1000, HEADS);
    expect(await codeOf(openCheckpoint({ ...checkpoint, payload: other.payload }))).toBe("signature");
    expect(await codeOf(openStamp(checkpoint))).toBe("header");
    const stamp = { requestDigest: HASH, responseDigest: HASH, received: SOME_TIME };
    expect(await codeOf(openCheckpoint(await signStamp(SERVICE, stamp)))).toBe("header");
    const key = foreignKey();
    const payload = Buffer.from(checkpoint.payload, "base64url").toString();
    const untyped = foreignGeneral(key, { alg: "ES256", jwk: key.jwk }, payload);
    const [{ protected: header, signature } = { protected: "", signature: "" }] = untyped.signatures;
    expect(await codeOf(openCheckpoint({ payload: untyped.payload, protected: header, signature }))).toBe("header");
  });
});
