/** Key pairs: made, written, read back. Private keys made with `extractable: false` can sign but never be read. */
import { PublicJwk } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { importPublicKey, type VerifyKey } from "./public-key.ts";

/** The private half, with what is needed to name it. */
export interface SigningKey extends VerifyKey {
  readonly privateKey: CryptoKey;
}

export const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
export const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;

export async function publicJwkOf(key: CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return PublicJwk.read({ kty: kty ?? "", crv: crv ?? "", x: x ?? "", y: y ?? "" }, "jwk");
}

/**
 * Puts a key pair, for instance one from a browser's storage, in the form that signs here, which is ES256.
 *
 * @throws CryptoError `key` for another kind of key
 */
export async function signingKeyOf(pair: CryptoKeyPair): Promise<SigningKey> {
  const key = await importPublicKey(await publicJwkOf(pair.publicKey));
  if (key.alg !== "ES256") throw new CryptoError("key", "Only an EC key on P-256 signs here.");
  return Object.freeze({ ...key, privateKey: pair.privateKey });
}

/** Makes an ES256 key pair. */
export function newSigningPair(options: { readonly extractable: boolean }): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(EC, options.extractable, ["sign", "verify"]);
}

/** Makes an ECDH key pair on P-256, for ECDH-ES. */
export function newEncryptionPair(options: { readonly extractable: boolean }): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ECDH, options.extractable, ["deriveBits", "deriveKey"]);
}

/** The public half of an encryption pair, as a JWK. */
export function encryptionJwkOf(pair: CryptoKeyPair): Promise<PublicJwk> {
  return publicJwkOf(pair.publicKey);
}
