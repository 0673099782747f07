/** Signatures, against a second implementation in both directions. The RFCs' examples are in rfc-examples.test.ts. */
import { describe, expect, it } from "vitest";
import { importPublicKey, newSigningPair, signingKeyOf } from "../../src/crypto/index.ts";
import { onlySignature, signFlattened, signGeneral, verifyFlattened } from "../../src/crypto/jws.ts";
import { base64url, foreignFlat, foreignKey, foreignVerify, textOf } from "../support/foreign-signer.ts";
import { refusalCode } from "../support/refusal.ts";

const HEADER = { alg: "ES256" };

describe("what is signed here", () => {
  it("verifies in a second implementation, and says who signed in the two places that it should", async () => {
    const key = await signingKeyOf(await newSigningPair({ extractable: false }));
    const { payload, signatures } = await signGeneral(key, "example+jws", '{"a":"é😀"}');
    const [signature] = signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    expect(signatures).toHaveLength(1);
    expect(JSON.parse(textOf(signature.protected))).toEqual({ alg: "ES256", typ: "example+jws", jwk: key.jwk });
    expect(signature.header).toEqual({ kid: key.kid });
    expect(textOf(payload)).toBe('{"a":"é😀"}');
    expect(foreignVerify(key.jwk, { ...signature, payload })).toBe(true);
    expect(foreignVerify(foreignKey().jwk, { ...signature, payload })).toBe(false);
  });

  it("says alg by itself, and never a private member", async () => {
    const key = await signingKeyOf(await newSigningPair({ extractable: true }));
    const flat = await signFlattened(key, { typ: "example+jws", jwk: { ...key.jwk } }, "{}");
    expect(JSON.parse(textOf(flat.protected))).toMatchObject({ alg: "ES256" });
    expect(Object.keys(key.jwk).sort()).toEqual(["crv", "kty", "x", "y"]);
  });
});

describe("what is signed elsewhere", () => {
  it("verifies here", async () => {
    const foreign = foreignKey();
    const key = await importPublicKey(foreign.jwk);
    for (let count = 0; count < 20; count++) {
      const flat = foreignFlat(foreign, { alg: "ES256" }, `{"count":${count}}`);
      expect(new TextDecoder().decode(await verifyFlattened(flat, HEADER, key))).toBe(`{"count":${count}}`);
    }
  });

  it.each([
    ["is empty of meaning", base64url(new Uint8Array(64))],
    ["is too short", base64url(new Uint8Array(63).fill(1))],
    ["is too long", base64url(new Uint8Array(65).fill(1))],
    ["is one byte", base64url(Uint8Array.of(1))],
    ["holds numbers beyond the order of the curve", base64url(new Uint8Array(64).fill(0xff))],
  ])("does not verify where its signature %s", async (_, signature) => {
    const foreign = foreignKey();
    const key = await importPublicKey(foreign.jwk);
    const flat = { ...foreignFlat(foreign, { alg: "ES256" }, "{}"), signature };
    expect(await refusalCode(() => verifyFlattened(flat, HEADER, key))).toBe("signature");
  });

  it("does not verify where the signature is DER, as other tools write it", async () => {
    const foreign = foreignKey();
    const key = await importPublicKey(foreign.jwk);
    const flat = foreignFlat(foreign, { alg: "ES256" }, "{}");
    const raw = Buffer.from(flat.signature, "base64url");
    const der = Buffer.concat([Buffer.of(0x30, 68, 2, 32), raw.subarray(0, 32), Buffer.of(2, 32), raw.subarray(32)]);
    expect(await refusalCode(() => verifyFlattened({ ...flat, signature: base64url(der) }, HEADER, key))).toBe(
      "signature",
    );
  });

  it.each(["none", "HS256", "ES384", "es256", undefined])(
    "does not verify where its header says %s, whatever was checked before",
    async (alg) => {
      const foreign = foreignKey();
      const key = await importPublicKey(foreign.jwk);
      const flat = foreignFlat(foreign, { alg }, "{}");
      const header = alg === undefined ? {} : { alg };
      expect(await refusalCode(() => verifyFlattened(flat, header, key))).toBe("algorithm");
    },
  );

  it("is refused where payload or signature is not canonical base64url, though its bytes would verify", async () => {
    const foreign = foreignKey();
    const key = await importPublicKey(foreign.jwk);
    const flat = foreignFlat(foreign, { alg: "ES256" }, "{}");
    // 64 bytes leave four bits over in the last character.
    const last = flat.signature.length - 1;
    const loose = flat.signature.slice(0, last) + String.fromCharCode(flat.signature.charCodeAt(last) + 1);
    expect(Buffer.from(loose, "base64url")).toEqual(Buffer.from(flat.signature, "base64url"));
    expect(await refusalCode(() => verifyFlattened({ ...flat, signature: loose }, HEADER, key))).toBe("base64url");
    expect(await refusalCode(() => verifyFlattened({ ...flat, payload: "e31" }, HEADER, key))).toBe("base64url");
  });
});

describe("the one signature of a General JWS", () => {
  const signature = { protected: "e30", signature: "AA" };

  it("must be one, also where nobody read the object before", async () => {
    expect(onlySignature({ payload: "e30", signatures: [signature] }).flat).toEqual({ payload: "e30", ...signature });
    for (const signatures of [[], [signature, signature]]) {
      expect(await refusalCode(() => onlySignature({ payload: "e30", signatures }))).toBe("header");
    }
  });
});
