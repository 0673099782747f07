/**
 * The examples of RFC 7516 and RFC 7520: the innermost step opens those whose keys a browser knows, and our envelope
 * refuses every one of them, because none has exactly our algorithms. The rule that refuses is named.
 */
import { describe, expect, it } from "vitest";
import type { FlattenedJWE } from "jose";
import { decryptJws, TYP } from "../../src/crypto/index.ts";
import { openContent } from "../../src/crypto/jwe.ts";
import { type JsonValue, Jwe } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";
import * as rfc from "./data/jwe-examples.ts";

interface Example {
  readonly protected?: string;
  readonly recipients?: readonly { readonly header?: object; readonly encrypted_key: string }[];
}

/** One recipient's flattened form (RFC 7516 §7.2.2). */
function flat(example: Example, at = 0): FlattenedJWE {
  const { recipients, ...shared } = example;
  return { ...shared, ...recipients?.[at] } as unknown as FlattenedJWE;
}

const bytes = (encoded: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(encoded, "base64url"));
const secret = (encoded: string, algorithm: string, usages: KeyUsage[]): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes(encoded), algorithm, false, usages);
const wrapping = (encoded: string): Promise<CryptoKey> => secret(encoded, "AES-KW", ["unwrapKey"]);
const ecdh = (jwk: JsonWebKey): Promise<CryptoKey> =>
  crypto.subtle.importKey("jwk", jwk, { name: "ECDH", namedCurve: jwk.crv ?? "" }, false, ["deriveBits"]);

describe("the innermost step opens the example of", () => {
  it.each<[string, Example, number, () => Promise<CryptoKey>, string, string, string]>([
    [
      "RFC 7516 A.3",
      rfc.RFC7516_A3,
      0,
      () => wrapping(rfc.A3_KEY),
      "A128KW",
      "A128CBC-HS256",
      "Live long and prosper.",
    ],
    [
      "RFC 7516 A.4",
      rfc.RFC7516_A4,
      1,
      () => wrapping(rfc.A3_KEY),
      "A128KW",
      "A128CBC-HS256",
      "Live long and prosper.",
    ],
    ["RFC 7520 5.4", rfc.RFC7520_5_4, 0, () => ecdh(rfc.P384_KEY), "ECDH-ES+A128KW", "A128GCM", rfc.FRODO],
    ["RFC 7520 5.5", rfc.RFC7520_5_5, 0, () => ecdh(rfc.P256_KEY), "ECDH-ES", "A128CBC-HS256", rfc.FRODO],
    [
      "RFC 7520 5.6",
      rfc.RFC7520_5_6,
      0,
      () => secret(rfc.DIRECT_KEY, "AES-GCM", ["decrypt"]),
      "dir",
      "A128GCM",
      rfc.FRODO,
    ],
    [
      "RFC 7520 5.7",
      rfc.RFC7520_5_7,
      0,
      () => secret(rfc.GCMKW_KEY, "AES-GCM", ["decrypt"]),
      "A256GCMKW",
      "A128CBC-HS256",
      rfc.FRODO,
    ],
    ["RFC 7520 5.8", rfc.RFC7520_5_8, 0, () => wrapping(rfc.KW_KEY), "A128KW", "A128GCM", rfc.FRODO],
    ["RFC 7520 5.10", rfc.RFC7520_5_10, 0, () => wrapping(rfc.KW_KEY), "A128KW", "A128GCM", rfc.FRODO],
    ["RFC 7520 5.11", rfc.RFC7520_5_11, 0, () => wrapping(rfc.KW_KEY), "A128KW", "A128GCM", rfc.FRODO],
    ["RFC 7520 5.12", rfc.RFC7520_5_12, 0, () => wrapping(rfc.KW_KEY), "A128KW", "A128GCM", rfc.FRODO],
    ["RFC 7520 5.13", rfc.RFC7520_5_13, 1, () => ecdh(rfc.P384_KEY), "ECDH-ES+A256KW", "A128CBC-HS256", rfc.FRODO],
  ])("%s", async (_, example, at, key, alg, enc, plaintext) => {
    const opened = await openContent(flat(example, at), await key(), { alg, enc });
    expect(Buffer.from(opened).toString()).toBe(plaintext);
  });

  it("and nothing under another algorithm than the one that the caller names", async () => {
    const key = await wrapping(rfc.KW_KEY);
    const wrong = [
      { alg: "A256KW", enc: "A128GCM" },
      { alg: "A128KW", enc: "A256GCM" },
    ];
    for (const allowed of wrong) {
      expect(await refusalCode(() => openContent(flat(rfc.RFC7520_5_8), key, allowed))).toBe("algorithm");
    }
  });

  it("but not the compressed one of RFC 7520 5.9", async () => {
    const key = await wrapping(rfc.KW_KEY);
    const allowed = { alg: "A128KW", enc: "A128GCM" };
    expect(await refusalCode(() => openContent(flat(rfc.RFC7520_5_9), key, allowed))).toBe("ciphertext");
  });
});

describe("our envelope refuses the example of", () => {
  // As a peer would have to send it at least: with the recipient named, else its form alone is refused.
  const named = (example: Example): JsonValue => ({
    ...example,
    recipients: (example.recipients ?? [{ encrypted_key: "AA" }]).map((one) => ({
      ...one,
      encrypted_key: one.encrypted_key.slice(0, 128),
      header: { ...one.header, kid: "MAAAA-BBBBB" },
    })),
  });
  const refused = async (value: JsonValue): Promise<string> => {
    const key = { kid: "MAAAA-BBBBB", key: await ecdh(rfc.P256_KEY) };
    return refusalCode(() => decryptJws(Jwe.read(value, "it"), TYP.request, key));
  };

  it.each<[string, Example, string]>([
    ["RFC 7516 A.1: the key under RSA-OAEP", rfc.RFC7516_A1, "header"],
    ["RFC 7516 A.2: A128CBC-HS256", rfc.RFC7516_A2, "algorithm"],
    ["RFC 7516 A.3: A128CBC-HS256", rfc.RFC7516_A3, "algorithm"],
    ["RFC 7516 A.4: a shared unprotected header", rfc.RFC7516_A4, "shape"],
    ["RFC 7520 5.3: A128CBC-HS256", rfc.RFC7520_5_3, "algorithm"],
    ["RFC 7520 5.4: A128GCM", rfc.RFC7520_5_4, "algorithm"],
    ["RFC 7520 5.5: A128CBC-HS256", rfc.RFC7520_5_5, "algorithm"],
    ["RFC 7520 5.6: A128GCM", rfc.RFC7520_5_6, "algorithm"],
    ["RFC 7520 5.7: A128CBC-HS256", rfc.RFC7520_5_7, "algorithm"],
    ["RFC 7520 5.8: A128GCM", rfc.RFC7520_5_8, "algorithm"],
    ["RFC 7520 5.9: compressed", rfc.RFC7520_5_9, "header"],
    ["RFC 7520 5.10: additional authenticated data", rfc.RFC7520_5_10, "shape"],
    ["RFC 7520 5.11: a shared unprotected header", rfc.RFC7520_5_11, "shape"],
    ["RFC 7520 5.12: nothing protected", rfc.RFC7520_5_12, "shape"],
    ["RFC 7520 5.13: a shared unprotected header", rfc.RFC7520_5_13, "shape"],
  ])("%s", async (_, example, code) => {
    expect(await refused(named(example))).toBe(code);
    expect(await refused(example as unknown as JsonValue)).toBe("shape");
  });

  it("RFC 7516 A.1 for its algorithm too, once it says what it holds", async () => {
    const header = Buffer.from(JSON.stringify({ alg: "RSA-OAEP", enc: "A256GCM", cty: TYP.request }));
    expect(await refused(named({ ...rfc.RFC7516_A1, protected: header.toString("base64url") }))).toBe("algorithm");
  });
});
