/**
 * Hashing, signing and verifying by `node:crypto`, without leaving the thread. What takes longer than handing over does is
 * handed over all the same: on P-384 and P-521 a stranger could hold up everybody else.
 */
import { constants, hash, KeyObject, sign, verify, type VerifyKeyObjectInput } from "node:crypto";
import { type Primitives, type SignatureAlgorithm, webPrimitives } from "../crypto/index.ts";

interface Row {
  readonly hash: string | null;
  readonly how: Omit<VerifyKeyObjectInput, "key">;
}

const ES256: Row = { hash: "sha256", how: { dsaEncoding: "ieee-p1363" } };
const rsa = (hash: string, how: Row["how"]): Row => ({ hash, how });
const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
/** The salt is as long as the hash (RFC 7518 §3.5), no more and no less. */
const pss = (saltLength: number): Row["how"] => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

const IN_PLACE: Readonly<Partial<Record<SignatureAlgorithm, Row>>> = {
  ES256,
  Ed25519: { hash: null, how: {} },
  PS256: rsa("sha256", pss(32)),
  PS512: rsa("sha512", pss(64)),
  RS256: rsa("sha256", pkcs1),
  RS512: rsa("sha512", pkcs1),
};

const objects = new WeakMap<CryptoKey, KeyObject>();

/** The same key for `node:crypto`, which must not be made anew for each use: that costs as much. */
function objectOf(key: CryptoKey): KeyObject {
  const known = objects.get(key);
  if (known !== undefined) return known;
  const made = KeyObject.from(key);
  objects.set(key, made);
  return made;
}

export const nodePrimitives: Primitives = {
  sha256: (data) => hash("sha256", data, "buffer"),
  verify: (key, signature, data) => {
    const row = IN_PLACE[key.alg];
    if (row === undefined) return webPrimitives.verify(key, signature, data);
    return verify(row.hash, data, { ...row.how, key: objectOf(key.key) }, signature);
  },
  sign: ({ privateKey }, header, payload) => {
    const encodedHeader = Buffer.from(JSON.stringify(header)).toString("base64url");
    const encodedPayload = Buffer.from(payload).toString("base64url");
    const bytes = Buffer.from(`${encodedHeader}.${encodedPayload}`, "latin1");
    const signature = sign(ES256.hash, bytes, { ...ES256.how, key: objectOf(privateKey) });
    return { protected: encodedHeader, payload: encodedPayload, signature: signature.toString("base64url") };
  },
};
