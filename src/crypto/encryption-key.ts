/**
 * Keys that objects are encrypted for: EC on P-256, for ECDH-ES (RFC 7518 §4.6). Known by the same fingerprint as keys
 * that sign, and never the same keys: one signs or decrypts, not both.
 */
import { decodeBase64url, type PublicJwk } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { ECDH, encryptionJwkOf } from "./keys.ts";
import { fingerprint } from "./udf.ts";

/** A public key that something can be encrypted for; `kid` was computed from it. */
export interface EncryptionKey {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly key: CryptoKey;
}

/** The private half, with the name that a recipient's header has for it. It need not be extractable. */
export interface DecryptionKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** How a content key is encrypted for such a key. */
export const ALG = "ECDH-ES+A256KW";

/**
 * Imports a public JWK to encrypt for.
 *
 * @throws CryptoError `key` for another kind of key, one that says it is for something else, or a point that is not on the curve
 */
export async function importEncryptionKey(given: PublicJwk): Promise<EncryptionKey> {
  const { jwk, key } = await importPoint(given);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  return Object.freeze({ kid: await fingerprint("application/pkix-keyinfo", spki), jwk, key });
}

/**
 * The same without counting its fingerprint, for a key that is used once.
 *
 * @throws CryptoError `key`
 */
export async function importPoint(given: PublicJwk): Promise<Omit<EncryptionKey, "kid">> {
  const { kty, crv, x = "", y = "", use = "enc", alg = ALG, key_ops = [] } = given;
  if (use !== "enc" || alg !== ALG || key_ops.some((operation) => !operation.startsWith("derive"))) {
    throw new CryptoError("key", "The key says that it is for something else than encryption.");
  }
  if (kty !== "EC" || crv !== "P-256" || x.length !== 43 || y.length !== 43) {
    throw new CryptoError("key", "A key to encrypt for must be an EC key on P-256.");
  }
  const jwk = Object.freeze({ kty, crv, x, y });
  try {
    for (const coordinate of [x, y]) decodeBase64url(coordinate);
    return { jwk, key: await crypto.subtle.importKey("jwk", { ...jwk }, ECDH, true, []) };
  } catch {
    throw new CryptoError("key", "The key to encrypt for is not a point on P-256.");
  }
}

/** Puts an encryption pair, for instance one from a browser's storage, in the form that decrypts here. */
export async function decryptionKeyOf(pair: CryptoKeyPair): Promise<DecryptionKey> {
  const { kid } = await importEncryptionKey(await encryptionJwkOf(pair));
  return Object.freeze({ kid, key: pair.privateKey });
}
