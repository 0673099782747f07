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
import { foreignKeyFor } from "../support/foreign-algorithms.ts";
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

  it.each(["ES256", "ES384", "ES512", "Ed25519", "RS256", "PS512"] as const)(
    "is that of its SubjectPublicKeyInfo for a key of %s too",
    async (alg) => {
      const foreign = foreignKeyFor(alg);
      expect(await importPublicKey({ kty: "", ...foreign.jwk }, alg)).toMatchObject({ kid: foreign.kid, alg });
    },
  );

  it("is the same for the pair, its public half, and the pair read back from its file", async () => {
    const pair = await newSigningPair({ extractable: true });
    const file = await exportPair(pair);
    const again = await importPair(file, "sign");
    const { kid } = await signingKeyOf(pair);
    expect((await signingKeyOf(again)).kid).toBe(kid);
    expect(foreignKid(createPublicKey({ key: { ...file }, format: "jwk" }))).toBe(kid);
  });

  it("does not depend on members that are not the key", async () => {
    const key = await readPublicKey({ ...jwk });
    const more = { kid: "M", use: "sig", alg: "ES256", key_ops: ["verify"], x5u: "https://example.com", n: "AA" };
    expect(await readPublicKey({ ...jwk, ...more })).toBe(key);
  });
});

describe("a public key is refused", () => {
  /** The same bytes, but the two bits left over in the last character are not zero. */
  const leftOver = (coordinate: string) =>
    coordinate.slice(0, -1) + String.fromCharCode(coordinate.charCodeAt(coordinate.length - 1) + 1);
  const bytes = (size: number, fill: number) => encodeBase64url(new Uint8Array(size).fill(fill));
  const other = foreignKey().jwk;
  const rsa = { kty: "RSA", n: bytes(256, 0xff), e: "AQAB", alg: "RS256" };
  const p384 = foreignKey("P-384").jwk;
  const p521 = foreignKey("P-521").jwk;
  const ed = (x: string) => ({ kty: "OKP", crv: "Ed25519", x });
  const ofBits = (bits: number) => {
    const modulus = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
    modulus[0] = 0xff >> ((8 - (bits % 8)) % 8);
    return { ...rsa, n: encodeBase64url(modulus) };
  };

  it.each<[string, JsonValue]>([
    ["with its private member", { ...jwk, d: bytes(32, 1) }],
    ["with a private member that is null", { ...jwk, d: null }],
    ["with a symmetric member", { ...jwk, k: "AA" }],
    ["off the curve", { ...jwk, y: other.y }],
    ["at the point of zeros", { ...jwk, x: bytes(32, 0), y: bytes(32, 0) }],
    ["with coordinates beyond the field", { ...jwk, x: bytes(32, 0xff), y: bytes(32, 0xff) }],
    ["with x and y swapped", { ...jwk, x: jwk.y, y: jwk.x }],
    ["on P-384 that says P-256", { ...p384, crv: "P-256" }],
    ["on P-384 off the curve", { ...p384, y: foreignKey("P-384").jwk.y }],
    ["on P-384 with a leading zero", { ...p384, x: encodeBase64url(Buffer.from(`AA${p384.x}`, "base64url")) }],
    ["on P-521 off the curve", { ...p521, y: foreignKey("P-521").jwk.y }],
    [
      "on P-521 without its leading zero",
      { ...p521, x: encodeBase64url(Buffer.from(p521.x, "base64url").subarray(1)) },
    ],
    ["on P-521 beyond the field", { ...p521, x: bytes(66, 0xff) }],
    ["on P-256 that says another curve", { ...jwk, crv: "P-384" }],
    ["on secp256k1", { ...foreignKey("secp256k1").jwk }],
    ["on secp256k1 that says P-256", { ...foreignKey("secp256k1").jwk, crv: "P-256" }],
    ["on Ed448", { kty: "OKP", crv: "Ed448", x: bytes(57, 1) }],
    ["on X25519", { kty: "OKP", crv: "X25519", x: bytes(32, 9) }],
    ["on Ed25519 that says EC", { ...ed(bytes(32, 9)), kty: "EC" }],
    ["on Ed25519 with a y", { ...ed(bytes(32, 9)), y: bytes(32, 9) }],
    ["on Ed25519 of 31 bytes", ed(bytes(31, 9))],
    ["on Ed25519 of 33 bytes", ed(bytes(33, 9))],
    ["on Ed25519 with left-over bits", ed(leftOver(bytes(32, 9)))],
    ["on Ed25519 without x", { kty: "OKP", crv: "Ed25519" }],
    ["of RSA that says EC", { ...rsa, kty: "EC" }],
    ["of RSA without n", { kty: "RSA", e: "AQAB", alg: "RS256" }],
    ["of RSA without e", { kty: "RSA", n: rsa.n, alg: "RS256" }],
    ["of RSA with e = 3", { ...rsa, e: "Aw" }],
    ["of RSA with e = 1", { ...rsa, e: "AQ" }],
    ["of RSA with a leading zero before e", { ...rsa, e: "AAEAAQ" }],
    [
      "of RSA with a leading zero before n",
      { ...rsa, n: encodeBase64url(Buffer.from([0, ...Buffer.alloc(256, 255)])) },
    ],
    ["of RSA with n = 0", { ...rsa, n: bytes(256, 0) }],
    ["of RSA with left-over bits in n", { ...rsa, n: leftOver(rsa.n) }],
    ["of RSA with n in base64", { ...rsa, n: rsa.n.replaceAll("_", "/") }],
    ["of RSA with 1024 bits", ofBits(1024)],
    ["of RSA with 2047 bits", ofBits(2047)],
    ["of RSA with 4097 bits", ofBits(4097)],
    ["of RSA with 8192 bits", ofBits(8192)],
    ["of RSA without alg", { kty: "RSA", n: rsa.n, e: "AQAB" }],
    ...["d", "p", "q", "dp", "dq", "qi", "oth", "k"].map((name): [string, JsonValue] => [
      `of RSA with the private member ${name}`,
      { ...rsa, [name]: "AQAB" },
    ]),
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

  it("where it is on Ed25519 and anybody can sign for it, or is a second text for another", async () => {
    const weak = [
      ["01", 30, "00", "00"],
      ["ec", 30, "ff", "7f"],
      ["00", 30, "00", "00"],
    ].map(([first, count, middle, last]) => `${first}${String(middle).repeat(Number(count))}${last}`);
    weak.push("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    weak.push("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    // y = p and y = p + 1, which mean 0 and 1, and the greatest number of 255 bits.
    weak.push(`ed${"ff".repeat(30)}7f`, `ee${"ff".repeat(30)}7f`, `ff${"ff".repeat(30)}7f`);
    for (const hex of weak) {
      const point = Buffer.from(hex, "hex");
      for (const sign of [0, 0x80]) {
        const x = Buffer.from([...point.subarray(0, 31), (point[31] ?? 0) | sign]).toString("base64url");
        expect(await refusalCode(() => importPublicKey(ed(x)))).toBe("key");
      }
    }
  });

  it("where it is on Ed25519 of small order, because WebCrypto would take a forgery for it", async () => {
    const identity = Uint8Array.of(1, ...new Uint8Array(31));
    const key = await crypto.subtle.importKey("raw", identity, { name: "Ed25519" }, true, ["verify"]);
    const forged = Uint8Array.of(...identity, ...new Uint8Array(32));
    const anything = new TextEncoder().encode("I owe you everything.");
    expect(await crypto.subtle.verify("Ed25519", key, forged, anything)).toBe(true);
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
