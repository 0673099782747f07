/** The outer form of JOSE objects: exactly one signature, base64url, public keys only. */
import { describe, expect, it } from "vitest";
import { FlattenedJws, type JsonValue, Jws, LIMITS, PublicJwk } from "../../src/protocol/index.ts";
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
