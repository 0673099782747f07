/**
 * Hashing, signing and verifying as an argument. WebCrypto is everywhere, but it hands each to another thread and back,
 * which costs a busy broker several times what the work itself costs; Node can do it in place.
 */
import { FlattenedSign } from "jose";
import { encodeBase64url, type FlattenedJws, type JsonObject } from "../protocol/index.ts";
import { ALGORITHMS } from "./algorithms.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Primitives {
  /** base64url(SHA-256(data)); of a text its UTF-8 bytes. */
  readonly sha256: (data: Bytes | string) => string | Promise<string>;
  /** Whether the signature over `data` is by this key; false, too, for bytes that are no signature. */
  readonly verify: (key: VerifyKey, signature: Bytes, data: Bytes) => boolean | Promise<boolean>;
  /** A flattened JWS under exactly this protected header, by a key of ES256. */
  readonly sign: (key: SigningKey, header: JsonObject, payload: string) => FlattenedJws | Promise<FlattenedJws>;
}

const encoder = new TextEncoder();

/**
 * Whether a signature has the length of those by this key (RFC 7518 §3.3 to §3.5, RFC 8032 §5.1.6): else one of RSA would
 * count without its leading zeros too, which the engines do not mind.
 */
export function hasSignatureLength({ alg, jwk }: VerifyKey, signature: Uint8Array): boolean {
  const { curve } = ALGORITHMS[alg];
  return signature.length === (curve === undefined ? Math.floor(((jwk.n ?? "").length * 6) / 8) : 2 * curve.bytes);
}

/** By WebCrypto, and jose over it. */
export const webPrimitives: Primitives = {
  sha256: async (data) => {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    return encodeBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  },
  // Some engines throw at bytes that are no signature, others say false.
  verify: (key, signature, data) =>
    hasSignatureLength(key, signature) &&
    crypto.subtle.verify(ALGORITHMS[key.alg].verify, key.key, signature, data).catch(() => false),
  sign: async (key, header, payload) => {
    const signed = await new FlattenedSign(encoder.encode(payload)).setProtectedHeader(header).sign(key.privateKey);
    return { protected: signed.protected ?? "", payload: signed.payload, signature: signed.signature };
  },
};
