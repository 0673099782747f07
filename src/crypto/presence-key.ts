/**
 * Keys for presence (design §7): a WebAuthn credential whose authenticator signs only after it has asked the user for a
 * fingerprint, a PIN or the like. The private key is in the authenticator, so a copy of everything else does not have it.
 */
import type { PresenceKey as PresenceKeyBody, PublicJwk } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { EC, publicJwkOf } from "./keys.ts";
import { importPublicKey, type VerifyKey } from "./public-key.ts";

/** A key for presence that is one; `key.kid` was computed from it. */
export interface PresenceKey {
  readonly rpId: string;
  readonly origin: string;
  /** base64url. */
  readonly credentialId: string;
  readonly key: VerifyKey;
}

/**
 * Imports a key for presence.
 *
 * @throws CryptoError `key`: only ES256 is asked of an authenticator, and read
 */
export async function importPresenceKey({ RpId, Origin, CredentialID, JWK }: PresenceKeyBody): Promise<PresenceKey> {
  const key = await importPublicKey(JWK);
  if (key.alg !== "ES256") throw new CryptoError("key", "A key for presence is an EC key on P-256.");
  return Object.freeze({ rpId: RpId, origin: Origin, credentialId: CredentialID, key });
}

/**
 * The JWK of a key that a browser gives as SubjectPublicKeyInfo (WebAuthn §5.2.1.1, `getPublicKey`).
 *
 * @throws CryptoError `key`
 */
export async function jwkOfSpki(spki: Uint8Array<ArrayBuffer>): Promise<PublicJwk> {
  try {
    return await publicJwkOf(await crypto.subtle.importKey("spki", spki, EC, true, ["verify"]));
  } catch {
    throw new CryptoError("key", "The authenticator's key is not an EC key on P-256.");
  }
}
