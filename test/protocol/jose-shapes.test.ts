/** The outer form of JOSE objects: exactly one signature, base64url, public keys only. */
import { describe, expect, it } from "vitest";
import {
  FlattenedJws,
  isJwe,
  type JsonValue,
  Jwe,
  Jws,
  JwsOrJwe,
  LIMITS,
  PublicJwk,
} from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

const signature = { protected: "e30", signature: "AA", header: { kid: "MAAAA-BBBBB" } };
const jwk = { kty: "EC", crv: "P-256", x: "AA", y: "AA" };

describe("a JWS in General JSON", () => {
  it("has one signature; unprotected members other than kid are dropped", () => {
    const header = { ...signature.header, alg: "none", jwk, crit: ["x"] };
    expect(Jws.read({ payload: "e30", signatures: [{ ...signature, header }] }, "it")).toEqual({
      payload: "e30",
      signatures: [signature],
    });
  });

  it.each<[string, JsonValue]>([
    ["no signature", { payload: "e30", signatures: [] }],
    ["two signatures", { payload: "e30", signatures: [signature, signature] }],
    ["a signature without protected header", { payload: "e30", signatures: [{ signature: "AA" }] }],
    ["an empty protected header", { payload: "e30", signatures: [{ ...signature, protected: "" }] }],
    ["an empty signature", { payload: "e30", signatures: [{ ...signature, signature: "" }] }],
    ["no payload", { signatures: [signature] }],
    ["an empty payload", { payload: "", signatures: [signature] }],
    ["a payload with a line feed", { payload: "e3\n0", signatures: [signature] }],
    ["a payload with padding", { payload: "e30=", signatures: [signature] }],
    ["a payload that is an object", { payload: {}, signatures: [signature] }],
    ["a kid with other characters", { payload: "e30", signatures: [{ ...signature, header: { kid: "a/b" } }] }],
    ["the flattened form", { payload: "e30", ...signature }],
    ["the compact form", "e30.e30.AA"],
  ])("is refused with %s", async (_, value) => {
    expect(await refusalCode(() => Jws.read(value, "it"))).toBe("shape");
  });
});

describe("a flattened JWS", () => {
  it("is not read from the General form", async () => {
    expect(await refusalCode(() => FlattenedJws.read({ payload: "e30", signatures: [signature] }, "it"))).toBe("shape");
  });

  it("carries an answer as large as an answer may be", () => {
    const payload = "A".repeat(LIMITS.answerBytes);
    expect(FlattenedJws.read({ payload, protected: "e30", signature: "AA" }, "it").payload).toBe(payload);
  });
});

describe("a JWE in General JSON", () => {
  const recipient = { header: { kid: "MAAAA-BBBBB", alg: "ECDH-ES+A256KW", epk: jwk }, encrypted_key: "AA" };
  const jwe = { protected: "e30", iv: "AA", ciphertext: "AA", tag: "AA", recipients: [recipient] };

  it("is read with its recipients; members that nobody needs are dropped", () => {
    const header = { ...recipient.header, "x5t#S256": "AA" };
    expect(Jwe.read({ ...jwe, recipients: [{ ...recipient, header }], note: 1 }, "it")).toEqual(jwe);
  });

  it("may have its algorithm and ephemeral key in the protected header", () => {
    const one = { header: { kid: "MAAAA-BBBBB" }, encrypted_key: "AA" };
    expect(Jwe.read({ ...jwe, recipients: [one] }, "it").recipients).toEqual([one]);
  });

  it.each<[string, JsonValue]>([
    ["no recipient", { ...jwe, recipients: [] }],
    ["more than 16 recipients", { ...jwe, recipients: Array.from({ length: 17 }, () => recipient) }],
    ["a recipient without kid", { ...jwe, recipients: [{ ...recipient, header: { alg: "ECDH-ES+A256KW" } }] }],
    ["a recipient without header", { ...jwe, recipients: [{ encrypted_key: "AA" }] }],
    ["a recipient without its encrypted key", { ...jwe, recipients: [{ header: recipient.header }] }],
    ["no protected header", { ...jwe, protected: "" }],
    ["no iv", { ...jwe, iv: "" }],
    ["no tag", { ...jwe, tag: "" }],
    ["an empty ciphertext", { ...jwe, ciphertext: "" }],
    ["a shared unprotected header", { ...jwe, unprotected: {} }],
    ["additional authenticated data", { ...jwe, aad: "AA" }],
    ["a payload beside the ciphertext", { ...jwe, payload: "e30" }],
    ["the flattened form", { ...jwe, recipients: undefined, ...recipient } as unknown as JsonValue],
    ["the compact form", "e30.AA.AA.AA.AA"],
    ...["enc", "zip", "crit", "cty", "apu", "apv"].map((name): [string, JsonValue] => [
      `an unprotected ${name}`,
      { ...jwe, recipients: [{ ...recipient, header: { ...recipient.header, [name]: "AA" } }] },
    ]),
    [
      "a private ephemeral key",
      { ...jwe, recipients: [{ ...recipient, header: { ...recipient.header, epk: { ...jwk, d: "AA" } } }] },
    ],
  ])("is refused with %s", async (_, value) => {
    expect(await refusalCode(() => Jwe.read(value, "it"))).toBe("shape");
    expect(await refusalCode(() => JwsOrJwe.read(value, "it"))).toBe("shape");
  });

  it("is told apart from a JWS by its ciphertext", () => {
    const jws = { payload: "e30", signatures: [signature] };
    expect(isJwe(JwsOrJwe.read(jwe, "it"))).toBe(true);
    expect(isJwe(JwsOrJwe.read(jws, "it"))).toBe(false);
  });
});

describe("a public JWK", () => {
  it("is read with what it says it is for, and without the members that make no difference", () => {
    const purpose = { alg: "ES256", use: "sig", key_ops: ["verify"] };
    expect(PublicJwk.read({ ...jwk, ...purpose, kid: "x", ext: true, x5u: "y" }, "it")).toEqual({ ...jwk, ...purpose });
  });

  it.each(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])("is refused with the private member %s", async (name) => {
    for (const value of ["AA", null, []]) {
      expect(await refusalCode(() => PublicJwk.read({ ...jwk, [name]: value }, "it"))).toBe("shape");
    }
  });

  it.each<[string, JsonValue]>([
    ["no kty", { crv: "P-256", x: "AA", y: "AA" }],
    ["a number for a coordinate", { ...jwk, x: 1 }],
    ["a coordinate in another alphabet", { ...jwk, x: "A+" }],
    ["no object", "key"],
  ])("is refused with %s", async (_, value) => {
    expect(await refusalCode(() => PublicJwk.read(value, "it"))).toBe("shape");
  });
});
