/**
 * Hashing, signing and verifying by `node:crypto`, without leaving the thread. What takes longer than handing over does is
 * handed over all the same: on P-384 and P-521 a stranger could hold up everybody else.
 */
import { constants, hash, KeyObject, sign, verify, type VerifyKeyObjectInput } from "node:crypto";
import { hasSignatureLength, type Primitives, type SignatureAlgorithm, webPrimitives } from "../crypto/index.ts";
import type { FlattenedJws } from "../protocol/index.ts";

type Input = VerifyKeyObjectInput;

interface Row {
  readonly hash: string | null;
  readonly how: Omit<Input, "key">;
  /** What `node:crypto` takes for a key: an object that is made anew for each use costs as much as a tenth of the work. */
  readonly kept: WeakMap<CryptoKey, Input>;
}

const row = (hash: string | null, how: Row["how"]): Row => ({ hash, how, kept: new WeakMap() });
const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
/** The salt is as long as the hash (RFC 7518 §3.5), no more and no less. */
const pss = (saltLength: number): Row["how"] => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
const ES256 = row("sha256", { dsaEncoding: "ieee-p1363" });

const IN_PLACE: Readonly<Partial<Record<SignatureAlgorithm, Row>>> = {
  ES256,
  Ed25519: row(null, {}),
  PS256: row("sha256", pss(32)),
  PS512: row("sha512", pss(64)),
  RS256: row("sha256", pkcs1),
  RS512: row("sha512", pkcs1),
};

function inputOf({ how, kept }: Row, key: CryptoKey): Input {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = { ...how, key: KeyObject.from(key) };
  kept.set(key, made);
  return made;
}

/** Signs at once, so that a transaction of the store can. */
export interface NodePrimitives extends Primitives {
  readonly sign: (...given: Parameters<Primitives["sign"]>) => FlattenedJws;
}

export const nodePrimitives: NodePrimitives = {
  sha256: (data) => hash("sha256", data, "base64url"),
  verify: (key, signature, data) => {
    const inPlace = IN_PLACE[key.alg];
    if (inPlace === undefined) return webPrimitives.verify(key, signature, data);
    return hasSignatureLength(key, signature) && verify(inPlace.hash, data, inputOf(inPlace, key.key), signature);
  },
  sign: ({ privateKey }, header, payload) => {
    const encodedHeader = Buffer.from(JSON.stringify(header)).toString("base64url");
    const encodedPayload = Buffer.from(payload).toString("base64url");
    const bytes = Buffer.from(`${encodedHeader}.${encodedPayload}`, "latin1");
    const signature = sign(ES256.hash, bytes, inputOf(ES256, privateKey));
    return { protected: encodedHeader, payload: encodedPayload, signature: signature.toString("base64url") };
  },
};
