/**
 * The algorithms of design §5: which are read, which key each belongs to, and what an RSA key may do. All is signed outside
 * `src` by a second implementation.
 */
import { describe, expect, it, vi } from "vitest";
import { importPublicKey, openRequest, type SignatureAlgorithm, type VerifyKey } from "../../src/crypto/index.ts";
import type { JsonValue } from "../../src/protocol/index.ts";
import { flatBy, foreignKeyFor, foreignRsa, generalBy } from "../support/foreign-algorithms.ts";
import { base64url, type General, textOf } from "../support/foreign-signer.ts";
import { refusal, refusalCode } from "../support/refusal.ts";

const TYP = "confirm-tbs-request+jws";
const body = { Text: "<srml><h1>Pay</h1></srml>", FromID: "alice@example.net", ToID: "bob@example.com" };
const payload = JSON.stringify({ TBSRequest: body });

const READ = ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "PS512", "RS256", "RS512"] as const;
const RSA = ["PS256", "PS512", "RS256", "RS512"] as const;

/** A request signed by `alg`; the header says so unless it is told otherwise. */
function signed(alg: string, key = foreignKeyFor(alg), more: object = {}): General {
  return generalBy(alg, key, { alg, typ: TYP, jwk: key.jwk, ...more }, payload);
}

const named = (alg: string): SignatureAlgorithm => (alg === "EdDSA" ? "Ed25519" : (alg as SignatureAlgorithm));
const holding = (key: VerifyKey) => (kid: string) => (kid === key.kid ? key : undefined);

describe.each(READ)("%s", (alg) => {
  it("is read: a request by a second implementation opens, under the fingerprint that Node's SPKI gives", async () => {
    const key = foreignKeyFor(alg);
    const { text, signer } = await openRequest(signed(alg, key));
    expect({ text, kid: signer.kid, alg: signer.alg }).toEqual({ text: body.Text, kid: key.kid, alg: named(alg) });
  });

  it("is refused with one bit of payload or signature changed", async () => {
    const jws = signed(alg);
    const flip = (text: string) => {
      const bytes = Buffer.from(text, "base64url");
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      return bytes.toString("base64url");
    };
    expect(await refusalCode(() => openRequest({ ...jws, payload: flip(jws.payload) }))).toBe("signature");
    const signatures = jws.signatures.map((one) => ({ ...one, signature: flip(one.signature) }));
    expect(await refusalCode(() => openRequest({ ...jws, signatures }))).toBe("signature");
  });

  it("is refused with a signature of another length", async () => {
    const jws = signed(alg);
    for (const signature of ["AA", base64url(new Uint8Array(63)), base64url(new Uint8Array(513))]) {
      const signatures = jws.signatures.map((one) => ({ ...one, signature }));
      expect(await refusalCode(() => openRequest({ ...jws, signatures }))).toBe("signature");
    }
  });

  it("is refused under the name of each other algorithm", async () => {
    const key = foreignKeyFor(alg);
    for (const other of [...READ, "ES512"].filter((one) => named(one) !== named(alg))) {
      const code = await refusalCode(() => openRequest(signed(alg, key, { alg: other })));
      // An RSA key may have any of its four; then it is the signature that does not fit.
      const bothRsa = [alg, other].every((one) => RSA.some((name) => name === one));
      expect(`${other} ${code}`).toBe(`${other} ${bothRsa ? "signature" : "algorithm"}`);
    }
  });
});

describe("an alg that is not read", () => {
  it.each([
    ...["none", "HS256", "HS384", "HS512", "PS384", "RS384", "RS1", "ES256K", "Ed448", "ED25519", "eddsa", "es384"],
    ...["RSA-OAEP", "ESP256", "", "constructor", "__proto__"],
  ])("%j is refused by its name, whatever the key", async (alg) => {
    for (const by of ["ES256", "EdDSA", "RS256"]) {
      expect(await refusalCode(() => openRequest(signed(by, foreignKeyFor(by), { alg })))).toBe("algorithm");
    }
  });

  it("EdDSA is Ed25519 alone: a key on Ed448 is refused", async () => {
    expect(await refusalCode(() => openRequest(signed("EdDSA", foreignKeyFor("Ed448"))))).toBe("key");
  });
});

describe("ES512", () => {
  const key = foreignKeyFor("ES512");
  const carried = signed("ES512", key);
  const bare = generalBy("ES512", key, { alg: "ES512" }, payload);

  it("is read by a key that is held, whether the object carries it or not", async () => {
    const held = holding(await importPublicKey(key.jwk as { kty: string }));
    expect((await openRequest(carried, held)).signer.kid).toBe(key.kid);
    expect((await openRequest(bare, held)).signer.kid).toBe(key.kid);
  });

  it("is refused where the key is not held, and then the key is not even imported", async () => {
    const imported = vi.spyOn(crypto.subtle, "importKey");
    const verified = vi.spyOn(crypto.subtle, "verify");
    for (const jws of [carried, bare, generalBy("ES512", key, { alg: "ES512", jwk: key.jwk }, payload, null)]) {
      expect(await refusalCode(() => openRequest(jws, () => undefined))).toBe("key_unknown");
      expect(await refusalCode(() => openRequest(jws))).toBe("key_unknown");
    }
    // Nor where the object calls it by another name.
    expect(await refusalCode(() => openRequest(signed("ES512", key, { alg: "ES256" })))).toBe("algorithm");
    expect(imported).not.toHaveBeenCalled();
    expect(verified).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("is refused where another key is held under the kid that the object says", async () => {
    const other = await importPublicKey(foreignKeyFor("ES512").jwk as { kty: string });
    expect(await refusalCode(() => openRequest(carried, () => other))).toBe("kid");
    const claimed = generalBy("ES512", key, { alg: "ES512", typ: TYP, jwk: key.jwk }, payload, other.kid);
    expect(await refusalCode(() => openRequest(claimed, holding(other)))).toBe("kid");
    const bareClaim = generalBy("ES512", key, { alg: "ES512" }, payload, other.kid);
    expect(await refusalCode(() => openRequest(bareClaim, holding(other)))).toBe("signature");
  });
});

describe("an RSA key has the algorithm that it was first seen with", () => {
  it.each(RSA.flatMap((first) => RSA.filter((other) => other !== first).map((other) => [first, other] as const)))(
    "held with %s it is refused with %s, carried or not",
    async (first, other) => {
      const key = foreignRsa();
      const held = holding(await importPublicKey({ kty: "RSA", ...key.jwk }, first));
      expect((await openRequest(signed(first, key), held)).signer.alg).toBe(first);
      expect(await refusalCode(() => openRequest(signed(other, key), held))).toBe("algorithm");
      const bare = generalBy(other, key, { alg: other }, payload);
      expect(await refusalCode(() => openRequest(bare, held))).toBe("algorithm");
    },
  );

  it("and carries it, so that whoever stores the key stores that too", async () => {
    const { signer } = await openRequest(signed("PS512", foreignRsa()));
    expect(signer.jwk).toMatchObject({ kty: "RSA", alg: "PS512" });
    const again = await importPublicKey(signer.jwk);
    expect(again).toBe(signer);
  });

  it("the memory of imported keys keeps one for each algorithm, under the same kid", async () => {
    const jwk = { kty: "RSA", ...foreignRsa().jwk };
    const keys = await Promise.all(RSA.map((alg) => importPublicKey(jwk, alg)));
    expect(new Set(keys).size).toBe(RSA.length);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    for (const [index, alg] of RSA.entries()) {
      expect(keys[index]?.alg).toBe(alg);
      expect(await importPublicKey(jwk, alg)).toBe(keys[index]);
    }
  });

  it("alone and without an alg it is refused: nothing says what it may do", async () => {
    expect(await refusalCode(() => importPublicKey({ kty: "RSA", ...foreignRsa().jwk }))).toBe("key");
  });

  it("up to 4096 bits it is read, as by PS512", async () => {
    const key = foreignRsa(4096);
    expect((await openRequest(signed("PS512", key))).signer.kid).toBe(key.kid);
  });

  it("a PSS signature with a salt of another length than the hash is refused", async () => {
    const key = foreignRsa();
    const flat = flatBy("PS256", key, { alg: "PS256", typ: TYP, jwk: key.jwk }, payload);
    const { constants, sign } = await import("node:crypto");
    const signature = sign("sha256", Buffer.from(`${flat.protected}.${flat.payload}`), {
      key: key.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 20,
    });
    const jws = { payload: flat.payload, signatures: [{ ...flat, signature: base64url(signature) }] };
    expect(await refusalCode(() => openRequest(jws))).toBe("signature");
  });
});

describe("a key that says more than it is", () => {
  it.each<[string, string, Record<string, JsonValue>, string]>([
    ["an alg of another curve", "ES256", { alg: "ES384" }, "key"],
    ["an alg of another kind", "ES256", { alg: "RS256" }, "key"],
    ["an alg to encrypt", "RS256", { alg: "RSA-OAEP" }, "key"],
    ["an alg that is not read", "RS256", { alg: "RS384" }, "key"],
    ["an HMAC as alg", "RS256", { alg: "HS256" }, "key"],
    ["another alg than the object", "RS256", { alg: "PS256" }, "algorithm"],
    ["an alg that is no text", "ES256", { alg: 7 }, "key"],
    ["use for encryption", "ES256", { use: "enc" }, "key"],
    ["use in capitals", "ES256", { use: "SIG" }, "key"],
    ["a use that is null", "ES256", { use: null }, "key"],
    ["operations without verify", "ES256", { key_ops: ["sign"] }, "key"],
    ["no operations", "ES256", { key_ops: [] }, "key"],
    ["operations that are a text", "ES256", { key_ops: "verify" }, "key"],
  ])("is refused with %s", async (_, alg, more, code) => {
    const key = foreignKeyFor(alg);
    expect(await refusalCode(() => openRequest(signed(alg, key, { jwk: { ...key.jwk, ...more } })))).toBe(code);
  });

  it.each([
    ["ES256", { alg: "ES256", use: "sig", key_ops: ["verify"], ext: true, kid: "any" }],
    ["EdDSA", { alg: "EdDSA" }],
    ["EdDSA", { alg: "Ed25519" }],
    ["Ed25519", { alg: "EdDSA" }],
    ["PS256", { alg: "PS256", key_ops: ["verify", "sign"] }],
  ])("%s is read with what agrees: %j", async (alg, more) => {
    const key = foreignKeyFor(alg);
    const { signer } = await openRequest(signed(alg, key, { jwk: { ...key.jwk, ...more } }));
    expect(signer.kid).toBe(key.kid);
    expect(signer.jwk).not.toHaveProperty("use");
    expect(signer.jwk).not.toHaveProperty("key_ops");
  });
});

describe("where the browser lacks Ed25519", () => {
  it("it is refused with a sentence that says so, and works as soon as it is there", async () => {
    const jws = signed("EdDSA");
    const real = crypto.subtle.importKey.bind(crypto.subtle);
    const lacking = vi.spyOn(crypto.subtle, "importKey").mockImplementation((...given: unknown[]) => {
      const asked = JSON.stringify(given[2]);
      if (asked.includes("Ed25519")) return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
      return Reflect.apply(real, crypto.subtle, given) as Promise<CryptoKey>;
    });
    const refused = await refusal(() => openRequest(jws));
    expect(refused).toMatchObject({ code: "algorithm", message: "This browser cannot verify Ed25519." });
    expect((await openRequest(signed("ES256"))).text).toBe(body.Text);
    lacking.mockRestore();
    expect((await openRequest(jws)).text).toBe(body.Text);
  });
});

describe("what the second implementation signs", () => {
  it("says what these tests believe that it says", () => {
    const [signature] = signed("PS256").signatures;
    expect(JSON.parse(textOf(signature?.protected ?? ""))).toMatchObject({ alg: "PS256", jwk: { kty: "RSA" } });
  });
});
