/**
 * What hashes, signs and verifies: WebCrypto everywhere, `node:crypto` at the broker. Nobody must be able to tell which of
 * them decided, so both pass the same tests.
 */
import { constants, createHash, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  importPublicKey,
  newSigningPair,
  type SignatureAlgorithm,
  signingKeyOf,
  webPrimitives,
} from "../../src/crypto/index.ts";
import { nodePrimitives } from "../../src/node/index.ts";
import { flatBy, foreignKeyFor } from "../support/foreign-algorithms.ts";
import { textOf } from "../support/foreign-signer.ts";

const ALGORITHMS = ["ES256", "ES384", "ES512", "Ed25519", "PS256", "PS512", "RS256", "RS512"] as const;
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text));

/** Bytes, a signature of them by a second implementation, and the key. */
async function signed(alg: SignatureAlgorithm) {
  const foreign = foreignKeyFor(alg);
  const flat = flatBy(alg, foreign, { alg }, '{"a":"é😀"}');
  const { kty = "", ...members } = foreign.jwk;
  return {
    foreign,
    key: await importPublicKey({ kty, ...members }, alg),
    data: bytesOf(`${flat.protected}.${flat.payload}`),
    signature: Uint8Array.from(Buffer.from(flat.signature, "base64url")),
  };
}

describe.each([
  ["WebCrypto", webPrimitives],
  ["node:crypto", nodePrimitives],
])("by %s", (_name, primitives) => {
  it("the hash is SHA-256, of any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const expected = createHash("sha256").update(bytes).digest("base64url");
        expect(await primitives.sha256(Uint8Array.from(bytes))).toBe(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("the hash of a text is that of its UTF-8 bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 300 }), async (text) => {
        expect(await primitives.sha256(text)).toBe(await primitives.sha256(bytesOf(text)));
      }),
      { numRuns: 50 },
    );
  });

  describe.each(ALGORITHMS)("%s", (alg) => {
    it("fits the bytes that were signed and no others, and the key that signed and no other", async () => {
      const { key, data, signature } = await signed(alg);
      expect(await primitives.verify(key, signature, data)).toBe(true);
      for (const at of [0, data.length - 1]) {
        const changed = data.map((byte, index) => (index === at ? byte ^ 1 : byte));
        expect(await primitives.verify(key, signature, changed)).toBe(false);
      }
      for (const at of [0, signature.length >> 1, signature.length - 1]) {
        const changed = signature.map((byte, index) => (index === at ? byte ^ 1 : byte));
        expect(await primitives.verify(key, changed, data)).toBe(false);
      }
      // RSA pairs are shared in tests, so another key is one of another kind there.
      if (key.jwk.kty === "RSA") return;
      expect(await primitives.verify((await signed(alg)).key, signature, data)).toBe(false);
    });

    it("says no to bytes that are no signature", async () => {
      const { key, data, signature } = await signed(alg);
      const zeros = new Uint8Array(signature.length);
      const ones = new Uint8Array(signature.length).fill(255);
      const longer = new Uint8Array([...signature, 0]);
      const halves = [signature.slice(signature.length >> 1), zeros.slice(signature.length >> 1)];
      const mixed = [new Uint8Array([...halves.flatMap((half) => [...half])])];
      for (const wrong of [
        new Uint8Array(),
        zeros,
        ones,
        signature.slice(1),
        signature.slice(0, -1),
        longer,
        ...mixed,
      ]) {
        expect(await primitives.verify(key, wrong, data)).toBe(false);
      }
    });
  });

  it.each(["ES256", "ES384", "ES512"] as const)("%s is refused in DER", async (alg) => {
    const { foreign, key, data } = await signed(alg);
    const der = sign(`sha${alg.slice(2)}`, data, foreign.privateKey);
    expect(await primitives.verify(key, Uint8Array.from(der), data)).toBe(false);
  });

  it.each([
    ["PS256", "sha256"],
    ["PS512", "sha512"],
  ] as const)(
    "%s is refused with a salt that is not as long as the hash, and with the other padding",
    async (alg, hash) => {
      const { foreign, key, data } = await signed(alg);
      for (const saltLength of [0, 20, 48]) {
        const how = { key: foreign.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
        expect(await primitives.verify(key, Uint8Array.from(sign(hash, data, how)), data)).toBe(false);
      }
      expect(await primitives.verify(key, Uint8Array.from(sign(hash, data, foreign.privateKey)), data)).toBe(false);
    },
  );

  it.each([
    ["RS256", "sha256", {}],
    ["RS512", "sha512", {}],
    ["PS256", "sha256", { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
    ["PS512", "sha512", { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }],
  ] as const)("%s is refused without its leading zero, and with one more", async (alg, hash, how) => {
    const { foreign, key } = await signed(alg);
    // One in 256 begins with a zero.
    for (let count = 0; ; count += 1) {
      const data = bytesOf(`message ${count}`);
      const signature = Uint8Array.from(sign(hash, data, { key: foreign.privateKey, ...how }));
      if (signature[0] !== 0) continue;
      expect(await primitives.verify(key, signature, data)).toBe(true);
      expect(await primitives.verify(key, signature.slice(1), data)).toBe(false);
      expect(await primitives.verify(key, new Uint8Array([0, ...signature]), data)).toBe(false);
      break;
    }
  });

  it("signs exactly the header and the payload that it is given, so that each verifies what the other signs", async () => {
    const key = await signingKeyOf(await newSigningPair({ extractable: false }));
    const header = { alg: "ES256", typ: "é+jws", jwk: { ...key.jwk }, list: [1, null, { deep: "😀" }] };
    const jws = await primitives.sign(key, header, '{"a": "é😀"}');
    expect(Object.keys(jws).sort()).toEqual(["payload", "protected", "signature"]);
    expect(textOf(jws.protected)).toBe(JSON.stringify(header));
    expect(textOf(jws.payload)).toBe('{"a": "é😀"}');
    const data = bytesOf(`${jws.protected}.${jws.payload}`);
    const signature = Uint8Array.from(Buffer.from(jws.signature, "base64url"));
    expect(Buffer.from(signature).toString("base64url")).toBe(jws.signature);
    for (const { verify } of [webPrimitives, nodePrimitives]) expect(await verify(key, signature, data)).toBe(true);
  });
});
