/** Keys: which are read, what a key is called, and that a private one stays where it is. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  encryptionJwkOf,
  exportPair,
  importPair,
  importPublicKey,
  newEncryptionPair,
  newSigningPair,
  readPublicKey,
  signingKeyOf,
} from "../../src/crypto/index.ts";
import { encodeBase64url, type JsonValue, type PublicJwk } from "../../src/protocol/index.ts";
import { foreignKey, foreignKid } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const { jwk } = foreignKey();

describe("a key's kid", () => {
  it("is the fingerprint of its SubjectPublicKeyInfo, as a second implementation counts it", async () => {
    for (let count = 0; count < 5; count++) {
      const foreign = foreignKey();
      expect((await importPublicKey(foreign.jwk)).kid).toBe(foreign.kid);
    }
  });

  it("is the same for the pair, its public half, and the pair read back from its file", async () => {
    const pair = await newSigningPair({ extractable: true });
    const file = await exportPair(pair);
    const again = await importPair(file, "sign");
    const { kid } = await signingKeyOf(pair);
    expect((await signingKeyOf(again)).kid).toBe(kid);
    expect(foreignKid(createPublicKey({ key: { ...file }, format: "jwk" }))).toBe(kid);
  });

  it("does not depend on members that are not the key", async () => {
    const { kid } = await readPublicKey({ ...jwk });
    expect((await readPublicKey({ ...jwk, kid: "M", use: "sig", alg: "RS256", x5u: "https://example.com" })).kid).toBe(
      kid,
    );
  });
});

describe("a public key is refused", () => {
  /** The same bytes, but the two bits left over in the last character are not zero. */
  const leftOver = (coordinate: string) =>
    coordinate.slice(0, -1) + String.fromCharCode(coordinate.charCodeAt(coordinate.length - 1) + 1);
  const bytes = (size: number, fill: number) => encodeBase64url(new Uint8Array(size).fill(fill));
  const other = foreignKey().jwk;
  const rsa = { kty: "RSA", n: bytes(256, 0xff), e: "AQAB" };

  it.each<[string, JsonValue]>([
    ["with its private member", { ...jwk, d: bytes(32, 1) }],
    ["with a private member that is null", { ...jwk, d: null }],
    ["with a symmetric member", { ...jwk, k: "AA" }],
    ["off the curve", { ...jwk, y: other.y }],
    ["at the point of zeros", { ...jwk, x: bytes(32, 0), y: bytes(32, 0) }],
    ["with coordinates beyond the field", { ...jwk, x: bytes(32, 0xff), y: bytes(32, 0xff) }],
    ["with x and y swapped", { ...jwk, x: jwk.y, y: jwk.x }],
    ["on another curve", { ...foreignKey("P-384").jwk }],
    ["on another curve that says P-256", { ...foreignKey("P-384").jwk, crv: "P-256" }],
    ["on P-256 that says another curve", { ...jwk, crv: "P-384" }],
    ["on secp256k1", { ...foreignKey("secp256k1").jwk }],
    ["on secp256k1 that says P-256", { ...foreignKey("secp256k1").jwk, crv: "P-256" }],
    ["of an octet pair", { kty: "OKP", crv: "Ed25519", x: bytes(32, 1) }],
    ["of RSA", rsa],
    ["of RSA that says EC", { ...rsa, kty: "EC" }],
    ["of a symmetric kind", { kty: "oct", k: bytes(32, 1) }],
    ["without y", { kty: "EC", crv: "P-256", x: jwk.x }],
    ["with left-over bits in x", { ...jwk, x: leftOver(jwk.x) }],
    ["with left-over bits in y", { ...jwk, y: leftOver(jwk.y) }],
    ["with padding", { ...jwk, x: `${jwk.x}=` }],
    ["with a coordinate of 31 bytes", { ...jwk, x: bytes(31, 1) }],
    ["with a coordinate of 33 bytes", { ...jwk, x: `AA${jwk.x}` }],
    ["with kty in lower case", { ...jwk, kty: "ec" }],
    ["as a string", "key"],
    ["as null", null],
    ["as an array", [jwk.x, jwk.y]],
    ["as a set of keys", { keys: [{ ...jwk }] }],
  ])("%s", async (_, value) => {
    expect(await refusalCode(() => readPublicKey(value))).toBe("key");
  });

  it("each time: a refusal is not remembered as a key", async () => {
    const off: PublicJwk = { ...jwk, y: other.y };
    expect(await refusalCode(() => importPublicKey(off))).toBe("key");
    expect(await refusalCode(() => importPublicKey(off))).toBe("key");
  });
});

describe("the memory of imported keys", () => {
  /** Ten thousand keys at once that are no points: while each is looked at, it takes a place. */
  const strangers = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const x = new Uint8Array(32).fill(0xff);
      new DataView(x.buffer).setUint32(28, from + index);
      return importPublicKey({ ...jwk, x: encodeBase64url(x) });
    });

  it("imports a key once", async () => {
    const first = importPublicKey(jwk);
    await first;
    expect(importPublicKey({ ...jwk })).toBe(first);
  });

  it("is bounded: after ten thousand others a key that nobody used is imported anew", async () => {
    const { jwk: unused } = foreignKey();
    const first = importPublicKey(unused);
    const others = strangers(0, 10_000);
    const again = importPublicKey(unused);
    await Promise.allSettled(others);
    expect(again).not.toBe(first);
    expect((await again).kid).toBe((await first).kid);
  });

  it("keeps a key in use, whatever strangers send", async () => {
    const { jwk: used } = foreignKey();
    const first = importPublicKey(used);
    const others = strangers(20_000, 6_000);
    expect(importPublicKey(used)).toBe(first);
    others.push(...strangers(40_000, 6_000));
    expect(importPublicKey(used)).toBe(first);
    await Promise.allSettled(others);
  });

  it("gives places back that were taken by what is no key", async () => {
    const { jwk: real } = foreignKey();
    const first = importPublicKey(real);
    for (let round = 0; round < 3; round++) await Promise.allSettled(strangers(60_000 + round * 5000, 5000));
    expect(importPublicKey(real)).toBe(first);
  });
});

describe("a key pair", () => {
  it("survives its file, for signing and for encryption", async () => {
    const signing = await exportPair(await newSigningPair({ extractable: true }));
    expect(await exportPair(await importPair(signing, "sign"))).toEqual(signing);
    const encryption = await exportPair(await newEncryptionPair({ extractable: true }));
    expect(await exportPair(await importPair(encryption, "derive"))).toEqual(encryption);
  });

  it("is written as a JWK that Node reads as the same key", async () => {
    const file = await exportPair(await newSigningPair({ extractable: true }));
    const { d } = createPrivateKey({ key: { ...file }, format: "jwk" }).export({ format: "jwk" });
    expect(d).toBe(file.d);
  });

  it("that is not extractable signs but refuses to be written", async () => {
    const pair = await newSigningPair({ extractable: false });
    expect(await refusalCode(() => exportPair(pair))).toBe("key");
    expect((await signingKeyOf(pair)).jwk).not.toHaveProperty("d");
    await expect(crypto.subtle.exportKey("pkcs8", pair.privateKey)).rejects.toThrow();
    const encryption = await newEncryptionPair({ extractable: false });
    expect(await refusalCode(() => exportPair(encryption))).toBe("key");
    expect(await encryptionJwkOf(encryption)).not.toHaveProperty("d");
  });

  it("is refused where its file is damaged", async () => {
    const file = await exportPair(await newSigningPair({ extractable: true }));
    const another = await exportPair(await newSigningPair({ extractable: true }));
    for (const damaged of [
      { ...file, d: another.d },
      { ...file, d: "" },
      { ...file, d: file.d.slice(2) },
      { ...file, y: another.y ?? "" },
      { ...file, crv: "P-384" },
      { ...file, kty: "RSA" },
    ]) {
      expect(await refusalCode(() => importPair(damaged, "sign"))).toBe("key");
    }
  });

  it("of another kind does not sign here", async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, [
      "sign",
      "verify",
    ]);
    expect(await refusalCode(() => signingKeyOf({ publicKey, privateKey }))).toBe("key");
  });
});
