/**
 * Encryption around a signature: what is written opens in a second implementation, what that one writes opens here, and each
 * way in which an envelope can be wrong is refused with its code.
 */
import { createHash, createPublicKey } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkJwe,
  type DecryptionKey,
  decryptJws,
  decryptionKeyOf,
  type EncryptionKey,
  encryptionJwkOf,
  encryptJws,
  importEncryptionKey,
  jweDigest,
  newEncryptionPair,
  openRequest,
  TYP,
} from "../../src/crypto/index.ts";
import { type JsonValue, Jwe, type Jws, LIMITS } from "../../src/protocol/index.ts";
import { foreignDecrypt, foreignEncrypt, type ForeignFaults, type ForeignJwe } from "../support/foreign-jwe.ts";
import { base64url, foreignKey, textOf } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";
import { newKey, signedRequest } from "../support/signing.ts";

const foreign = foreignKey();
const other = foreignKey();
const pair = await newEncryptionPair({ extractable: false });
const mine: DecryptionKey = await decryptionKeyOf(pair);
const mineToEncrypt: EncryptionKey = await importEncryptionKey(await encryptionJwkOf(pair));
const publicKey = foreignPublic(mineToEncrypt);
let jws: Jws;
let text: string;

beforeAll(async () => {
  jws = await signedRequest(await newKey());
  text = JSON.stringify(jws);
});

/** Our own key as the second implementation encrypts for it. */
function foreignPublic({ kid, jwk }: EncryptionKey): Pick<typeof foreign, "kid" | "publicKey"> {
  return { kid, publicKey: createPublicKey({ key: { ...jwk }, format: "jwk" }) };
}

const read = (jwe: ForeignJwe): Jwe => Jwe.read(jwe as unknown as JsonValue, "it");
const envelope = (faults: ForeignFaults = {}, plaintext = text): Jwe =>
  read(foreignEncrypt(plaintext, TYP.request, [publicKey], faults));
const open = (jwe: Jwe, key = mine): Promise<Jws> => decryptJws(jwe, TYP.request, key);
const headerOf = (jwe: Jwe): unknown => JSON.parse(textOf(jwe.protected));

/** The same bytes with one bit of the middle one flipped. */
function flipped(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64url");
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return base64url(bytes);
}

const COORDINATES = { x: expect.stringMatching(/^.{43}$/) as string, y: expect.stringMatching(/^.{43}$/) as string };

describe("a signed object that is encrypted", () => {
  it("for one device opens there and in a second implementation; all but the device's name is authenticated", async () => {
    const jwe = await encryptJws(jws, TYP.request, [await importEncryptionKey(foreign.jwk)]);
    expect(foreignDecrypt(jwe as unknown as ForeignJwe, foreign)).toBe(text);
    expect(headerOf(jwe)).toEqual({
      enc: "A256GCM",
      cty: "confirm-tbs-request+jws",
      alg: "ECDH-ES+A256KW",
      epk: { kty: "EC", crv: "P-256", ...COORDINATES },
    });
    expect(jwe.recipients.map(({ header }) => header)).toEqual([{ kid: foreign.kid }]);
  });

  it("for two devices opens at both, and nowhere else", async () => {
    const keys = [mineToEncrypt, await importEncryptionKey(foreign.jwk)];
    const jwe = await encryptJws(jws, TYP.request, keys);
    expect(await open(jwe)).toEqual(jws);
    expect(foreignDecrypt(jwe as unknown as ForeignJwe, foreign)).toBe(text);
    expect(await refusalCode(() => open(jwe, { ...mine, kid: other.kid }))).toBe("recipient");
    expect(headerOf(jwe)).toEqual({ enc: "A256GCM", cty: "confirm-tbs-request+jws" });
    expect(jwe.recipients.map(({ header }) => [header.alg, header.kid])).toEqual(
      keys.map(({ kid }) => ["ECDH-ES+A256KW", kid]),
    );
  });

  it("by a second implementation opens, and its signature holds", async () => {
    expect(await open(envelope())).toEqual(jws);
    expect(await openRequest(await open(envelope()))).toMatchObject({ jws });
  });

  it("holds nothing that can be read without a key", async () => {
    const jwe = JSON.stringify(await encryptJws(jws, TYP.request, [mineToEncrypt]));
    expect(jwe).not.toContain(jws.payload.slice(0, 40));
    expect(jwe).not.toContain(base64url(text).slice(0, 40));
  });

  it("is another envelope each time", async () => {
    const [one, two] = [
      await encryptJws(jws, TYP.request, [mineToEncrypt]),
      await encryptJws(jws, TYP.request, [mineToEncrypt]),
    ];
    expect(one.ciphertext).not.toBe(two.ciphertext);
    expect(await jweDigest(one)).not.toBe(await jweDigest(two));
  });

  it("is encrypted for 1 to 16 devices", async () => {
    const keys = await Promise.all(Array.from({ length: 17 }, () => importEncryptionKey(foreignKey().jwk)));
    expect((await encryptJws(jws, TYP.request, keys.slice(1))).recipients).toHaveLength(LIMITS.recipients);
    expect(await refusalCode(() => encryptJws(jws, TYP.request, keys))).toBe("shape");
  });
});

describe("the digest of an envelope", () => {
  it("is that of header, iv, ciphertext and tag, and does not change when a recipient is taken away", async () => {
    const jwe = await encryptJws(jws, TYP.request, [mineToEncrypt, await importEncryptionKey(foreign.jwk)]);
    const digest = await jweDigest(jwe);
    expect(digest).toBe(
      createHash("sha256").update(`${jwe.protected}.${jwe.iv}.${jwe.ciphertext}.${jwe.tag}`).digest("base64url"),
    );
    expect(await jweDigest({ ...jwe, recipients: jwe.recipients.slice(1) })).toBe(digest);
  });
});

describe("an envelope is refused", () => {
  it.each<[string, ForeignFaults, string]>([
    ["with another content algorithm", { protected: { enc: "A128GCM", cty: TYP.request } }, "algorithm"],
    ["with CBC and HMAC", { protected: { enc: "A256CBC-HS512", cty: TYP.request } }, "algorithm"],
    ["with no content algorithm", { protected: { cty: TYP.request } }, "algorithm"],
    ["compressed", { protected: { enc: "A256GCM", cty: TYP.request, zip: "DEF" } }, "header"],
    [
      "with an extension that it demands",
      { protected: { enc: "A256GCM", cty: TYP.request, crit: ["x"], x: 1 } },
      "header",
    ],
    ["without cty", { protected: { enc: "A256GCM" } }, "header"],
    ["as something else", { protected: { enc: "A256GCM", cty: TYP.response } }, "header"],
    ["with the key agreed directly", { header: { alg: "ECDH-ES" } }, "algorithm"],
    ["with a shorter wrapping key", { header: { alg: "ECDH-ES+A128KW" } }, "algorithm"],
    ["with the key in clear", { header: { alg: "dir" } }, "algorithm"],
    ["with a key under RSA", { header: { alg: "RSA-OAEP-256" } }, "algorithm"],
    ["with a key under a password", { header: { alg: "PBES2-HS512+A256KW", p2c: 1 } }, "algorithm"],
    ["without alg", { header: { alg: undefined } }, "algorithm"],
    ["with alg in both headers", { protected: { enc: "A256GCM", cty: TYP.request, alg: "ECDH-ES+A256KW" } }, "header"],
    ["with epk in both headers", { protected: { enc: "A256GCM", cty: TYP.request, epk: other.jwk } }, "header"],
    ["without epk", { header: { epk: undefined } }, "key"],
    ["with epk on another curve", { header: { epk: foreignKey("P-384").jwk } }, "key"],
    ["with epk off the curve", { header: { epk: { ...foreign.jwk, y: other.jwk.y } } }, "key"],
    ["with epk of another kind", { header: { epk: { kty: "OKP", crv: "X25519", x: other.jwk.x } } }, "key"],
    ["with another's epk", { header: { epk: other.jwk } }, "ciphertext"],
  ])("%s", async (_, faults, code) => {
    const jwe = JSON.parse(JSON.stringify(foreignEncrypt(text, TYP.request, [publicKey], faults))) as ForeignJwe;
    expect(await refusalCode(() => open(read(jwe)))).toBe(code);
  });

  it.each<[string, (jwe: Jwe) => Partial<Jwe>, string]>([
    ["a changed ciphertext", ({ ciphertext }) => ({ ciphertext: flipped(ciphertext) }), "ciphertext"],
    ["a changed tag", ({ tag }) => ({ tag: flipped(tag) }), "ciphertext"],
    ["a changed iv", ({ iv }) => ({ iv: flipped(iv) }), "ciphertext"],
    ["a tag of 12 bytes", ({ tag }) => ({ tag: tag.slice(0, 16) }), "header"],
    ["an iv of 16 bytes", () => ({ iv: "A".repeat(22) }), "header"],
    ["a header that means the same", (jwe) => ({ protected: base64url(` ${textOf(jwe.protected)}`) }), "ciphertext"],
    ["a header that is no JSON", () => ({ protected: base64url("{") }), "json_malformed"],
    [
      "a header that says one thing twice",
      () => ({ protected: base64url('{"enc":"A256GCM","enc":"dir"}') }),
      "json_duplicate_name",
    ],
    ["a tag that is not canonical", ({ tag }) => ({ tag: `${tag.slice(0, -1)}B` }), "base64url"],
    [
      "a changed encrypted key",
      ({ recipients }) => ({
        recipients: recipients.map((one) => ({ ...one, encrypted_key: flipped(one.encrypted_key) })),
      }),
      "ciphertext",
    ],
    [
      "a short encrypted key",
      ({ recipients }) => ({ recipients: recipients.map((one) => ({ ...one, encrypted_key: "AAAA" })) }),
      "header",
    ],
    ["the same recipient twice", ({ recipients }) => ({ recipients: [...recipients, ...recipients] }), "header"],
  ])("with %s", async (_, change, code) => {
    const jwe = envelope();
    expect(await refusalCode(() => open({ ...jwe, ...change(jwe) }))).toBe(code);
  });

  it("where a byte moved from the tag to the ciphertext, which would decrypt under another digest", async () => {
    const jwe = envelope();
    const tag = Buffer.from(jwe.tag, "base64url");
    const ciphertext = Buffer.concat([Buffer.from(jwe.ciphertext, "base64url"), tag.subarray(0, 1)]);
    const moved = { ...jwe, ciphertext: base64url(ciphertext), tag: base64url(tag.subarray(1)) };
    expect(await refusalCode(() => open(moved))).toBe("header");
  });

  it("by whoever cannot open it, for the same faults of its form", async () => {
    expect(checkJwe(envelope(), TYP.request)).toMatchObject({ enc: "A256GCM" });
    expect(await refusalCode(() => checkJwe(envelope(), TYP.response))).toBe("header");
    expect(await refusalCode(() => checkJwe(envelope({ header: { alg: "dir" } }), TYP.request))).toBe("algorithm");
  });

  it("with another envelope in it", async () => {
    expect(await refusalCode(() => open(envelope({}, JSON.stringify(envelope()))))).toBe("shape");
  });

  it.each([
    ["nothing", "", "json_malformed"],
    ["a text", "Pay 10 EUR", "json_malformed"],
    ["an unsigned request", '{"TBSRequest":{"Text":"<srml/>"}}', "shape"],
    ["a compact JWS", '"e30.e30.AA"', "shape"],
  ])("with %s in it", async (_, plaintext, code) => {
    // An empty ciphertext does not even pass the form.
    if (plaintext === "") expect(await refusalCode(() => envelope({}, plaintext))).toBe("shape");
    else expect(await refusalCode(() => open(envelope({}, plaintext)))).toBe(code);
  });

  it("by a key that has the right name and is another", async () => {
    const { key } = await decryptionKeyOf(await newEncryptionPair({ extractable: false }));
    expect(await refusalCode(() => open(envelope(), { kid: mine.kid, key }))).toBe("ciphertext");
  });
});

describe("a key to encrypt for", () => {
  it("has the fingerprint of its public key, and opens without being readable", async () => {
    expect((await importEncryptionKey(foreign.jwk)).kid).toBe(foreign.kid);
    expect(mine.kid).toBe(mineToEncrypt.kid);
    expect(mine.key.extractable).toBe(false);
  });

  it.each([
    ["on another curve", foreignKey("P-384").jwk],
    ["off the curve", { ...foreign.jwk, y: other.jwk.y }],
    ["of RSA", { kty: "RSA", n: "AQAB", e: "AQAB" }],
    ["of Ed25519", { kty: "OKP", crv: "Ed25519", x: foreign.jwk.x }],
    ["that says it signs", { ...foreign.jwk, use: "sig" }],
    ["that says it is for another algorithm", { ...foreign.jwk, alg: "ECDH-ES" }],
    ["that says it verifies", { ...foreign.jwk, key_ops: ["verify"] }],
    ["without y", { kty: "EC", crv: "P-256", x: foreign.jwk.x }],
  ])("is refused %s", async (_, jwk) => {
    expect(await refusalCode(() => importEncryptionKey(jwk))).toBe("key");
  });
});
