/**
 * The signature examples of the RFCs, by value. None of them is one of our objects: they carry no key, and their kids are
 * not fingerprints. So each signature is verified by the innermost function with its key, and what our rules say of the
 * object is shown beside it.
 */
import { describe, expect, it } from "vitest";
import { importPublicKey, type SignatureAlgorithm } from "../../src/crypto/index.ts";
import { readHeader, signerKey } from "../../src/crypto/header.ts";
import { verifyFlattened } from "../../src/crypto/jws.ts";
import { openSigned } from "../../src/crypto/signed.ts";
import { type FlattenedJws, type JsonValue, Jws, object, type PublicJwk, text } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";
import { EXAMPLES, KEYS, S4_7_SIGNATURE, S4_8_2_SIGNATURE } from "./data/jws-examples.ts";

/** The example in General JSON, with a kid beside its protected header where one is given. */
function general({ payload, ...signature }: FlattenedJws, kid?: string): JsonValue {
  return { payload, signatures: [kid === undefined ? signature : { ...signature, header: { kid } }] };
}

const SAID = object({ iss: text(1, 10) });

describe.each<[string, FlattenedJws, PublicJwk, SignatureAlgorithm]>([
  ["RFC 7515, A.2", EXAMPLES.A2, KEYS.JOE_RSA, "RS256"],
  ["RFC 7515, A.3", EXAMPLES.A3, KEYS.JOE_EC, "ES256"],
  ["RFC 7515, A.4", EXAMPLES.A4, KEYS.PAYLOAD_EC, "ES512"],
  ["RFC 7520, 4.1", EXAMPLES.S4_1, KEYS.BILBO_RSA, "RS256"],
  ["RFC 7520, 4.3", EXAMPLES.S4_3, KEYS.BILBO_EC, "ES512"],
  ["RFC 7520, 4.8, the first signature", EXAMPLES.S4_8_1, KEYS.BILBO_RSA, "RS256"],
  ["RFC 8037, A.4", EXAMPLES.RFC8037_A4, KEYS.ED25519, "Ed25519"],
])("%s", (_, example, jwk, alg) => {
  it("verifies by its key, and gives the bytes of its payload", async () => {
    const key = await importPublicKey(jwk, alg);
    const payload = await verifyFlattened(example, readHeader(example.protected), key);
    expect(Buffer.from(payload).toString("base64url")).toBe(example.payload);
  });

  it("does not verify with a bit changed in header, payload or signature", async () => {
    const key = await importPublicKey(jwk, alg);
    const header = readHeader(example.protected);
    for (const member of ["protected", "payload", "signature"] as const) {
      const bytes = Buffer.from(example[member], "base64url");
      bytes[10 % bytes.length] = (bytes[10 % bytes.length] ?? 0) ^ 4;
      const changed = { ...example, [member]: bytes.toString("base64url") };
      expect(await refusalCode(() => verifyFlattened(changed, header, key))).toBe("signature");
    }
  });

  it("is refused where nobody holds its key", async () => {
    const code = await refusalCode(() => openSigned(Jws.read(general(example), "jws"), "example", SAID));
    expect(code).toBe("key_unknown");
  });
});

describe("RFC 7515", () => {
  it.each([
    ["A.2", EXAMPLES.A2, KEYS.JOE_RSA, "RS256"],
    ["A.3", EXAMPLES.A3, KEYS.JOE_EC, "ES256"],
  ] as const)("%s is opened as a signed object by whoever holds its key under its fingerprint", async (...row) => {
    const [, example, jwk, alg] = row;
    const key = await importPublicKey(jwk, alg);
    const jws = Jws.read(general(example, key.kid), "jws");
    const opened = await openSigned(jws, "example", SAID, (kid) => (kid === key.kid ? key : undefined));
    expect(opened).toMatchObject({ body: { iss: "joe" }, typed: false });
  });

  it("A.4 verifies by a held ES512 key; its payload is no JSON, which is seen after", async () => {
    const key = await importPublicKey(KEYS.PAYLOAD_EC);
    const jws = Jws.read(general(EXAMPLES.A4, key.kid), "jws");
    expect(await refusalCode(() => openSigned(jws, "example", SAID, () => key))).toBe("json_malformed");
  });

  it("A.1, an HMAC, is refused whatever is held", async () => {
    const key = await importPublicKey(KEYS.JOE_EC);
    const open = () => openSigned(Jws.read(general(EXAMPLES.A1), "jws"), "JWT", SAID, () => key);
    expect(await refusalCode(open)).toBe("algorithm");
  });

  it("A.5, alg none, is refused by its empty signature, and by its header too", async () => {
    expect(await refusalCode(() => Jws.read(general(EXAMPLES.A5), "jws"))).toBe("shape");
    expect(await refusalCode(() => signerKey(readHeader(EXAMPLES.A5.protected), undefined))).toBe("algorithm");
  });

  it("A.6, General JSON with two signatures, is refused: an object has one signer", async () => {
    const of = ({ protected: header, signature }: FlattenedJws, kid: string) => ({
      protected: header,
      header: { kid },
      signature,
    });
    const both = [of(EXAMPLES.A2, "2010-12-29"), of(EXAMPLES.A3, "e9bc097a-ce51-4036-9562-d2ade882db0d")];
    expect(await refusalCode(() => Jws.read({ payload: EXAMPLES.A2.payload, signatures: both }, "jws"))).toBe("shape");
    // One alone fails by its kid, which is no fingerprint.
    for (const one of both) {
      const alone = { payload: EXAMPLES.A2.payload, signatures: [one] };
      expect(await refusalCode(() => Jws.read(alone, "jws"))).toBe("shape");
    }
  });
});

describe("RFC 7520, section 4", () => {
  it.each([
    ["4.1", EXAMPLES.S4_1, KEYS.BILBO_RSA, "RS256"],
    ["4.3", EXAMPLES.S4_3, KEYS.BILBO_EC, "ES512"],
  ] as const)("%s is refused by its kid, though the key is held and the signature good", async (...row) => {
    const [, example, jwk, alg] = row;
    const key = await importPublicKey(jwk, alg);
    const open = () => openSigned(Jws.read(general(example), "jws"), "example", SAID, () => key);
    expect(await refusalCode(open)).toBe("kid");
  });

  it("4.2, PS384, is refused: it is not one of the algorithms that are read", async () => {
    const key = await importPublicKey(KEYS.BILBO_RSA, "PS256");
    const header = readHeader(EXAMPLES.S4_2.protected);
    expect(await refusalCode(() => signerKey(header, undefined, () => key))).toBe("algorithm");
    expect(await refusalCode(() => verifyFlattened(EXAMPLES.S4_2, header, key))).toBe("algorithm");
  });

  it.each([
    ["4.4", EXAMPLES.S4_4],
    ["4.6", EXAMPLES.S4_6],
  ])("%s, an HMAC, is refused", async (_, example) => {
    const open = () => openSigned(Jws.read(general(example), "jws"), "example", SAID);
    expect(await refusalCode(open)).toBe("algorithm");
  });

  it("4.5, detached content, is refused: what is signed has to be there", async () => {
    const { protected: header, signature } = EXAMPLES.S4_4;
    const detached = { signatures: [{ protected: header, signature }] };
    expect(await refusalCode(() => Jws.read(detached, "jws"))).toBe("shape");
    expect(await refusalCode(() => Jws.read({ ...detached, payload: "" }, "jws"))).toBe("shape");
  });

  it("4.7 and 4.8, whose header is not protected, are refused", async () => {
    const { payload } = EXAMPLES.S4_1;
    const { protected: header, signature } = EXAMPLES.S4_8_1;
    const bare = (alg: string, kid: string, of: string) => ({ header: { alg, kid }, signature: of });
    const hmac = bare("HS256", "018c0ae5-4d9b-471b-bfd6-eef314bc7037", S4_7_SIGNATURE);
    const es512 = bare("ES512", "bilbo.baggins@hobbiton.example", S4_8_2_SIGNATURE);
    expect(await refusalCode(() => Jws.read({ payload, signatures: [hmac] }, "jws"))).toBe("shape");
    expect(await refusalCode(() => Jws.read({ payload, signatures: [es512] }, "jws"))).toBe("shape");
    const three = [{ protected: header, signature }, es512, hmac];
    expect(await refusalCode(() => Jws.read({ payload, signatures: three }, "jws"))).toBe("shape");
  });
});
