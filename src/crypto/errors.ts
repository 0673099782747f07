/** Why a signed object was refused. The code crosses process boundaries, the stack does not. */
export type CryptoErrorCode =
  /** The protected header is not what this kind of object has: `alg`, `typ`, `kid`, `crit` or another member is off. */
  | "header"
  /** `none`, an HMAC, or an algorithm that is not read here. */
  | "algorithm"
  /** The JWK is not a public key of a kind that is read here, or not a point of its curve. */
  | "key"
  /** `kid` is not the fingerprint of the key. */
  | "kid"
  /** There is no protected `jwk`, and no key is held under this `kid`. */
  | "key_unknown"
  /** The bytes were changed, or signed with another key. */
  | "signature"
  /** It is not encrypted for this key. */
  | "recipient"
  /** What is encrypted was changed, or its key was encrypted for another. */
  | "ciphertext"
  /** The payload is not what this kind of object signs. */
  | "payload"
  /** The call is for another URL. */
  | "url"
  /** The call was made too long ago, or by a clock that is off. */
  | "stale";

/** A signed object that does not hold. `message` is a sentence for the signer. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly code: CryptoErrorCode;
  /** For `stale`: how far the signer's clock is ahead of ours, in seconds. */
  readonly aheadSeconds: number | undefined;

  constructor(code: CryptoErrorCode, message: string, aheadSeconds?: number) {
    super(message);
    this.code = code;
    this.aheadSeconds = aheadSeconds;
  }
}
