/** Key pairs as JWKs with their private member: what a key file holds. */
import type { PublicJwk } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { EC, ECDH, publicJwkOf } from "./keys.ts";

/** A key pair as it is written to a key file: a JWK with its private member. */
export type PrivateJwk = PublicJwk & { readonly d: string };

/**
 * Writes an extractable pair as a private JWK.
 *
 * @throws CryptoError `key` for a private key that cannot be exported
 */
export async function exportPair(pair: CryptoKeyPair): Promise<PrivateJwk> {
  const { d } = pair.privateKey.extractable ? await crypto.subtle.exportKey("jwk", pair.privateKey) : {};
  if (d === undefined) throw new CryptoError("key", "This private key cannot be exported.");
  return { ...(await publicJwkOf(pair.publicKey)), d };
}

/**
 * Reads a private JWK.
 *
 * @param use - what the pair is for; the same JWK serves one of the two
 * @throws CryptoError `key`
 */
export async function importPair(jwk: PrivateJwk, use: "sign" | "derive"): Promise<CryptoKeyPair> {
  const algorithm = use === "sign" ? EC : ECDH;
  const { kty, crv = "", x = "", y = "", d } = jwk;
  const publicJwk = { kty, crv, x, y };
  try {
    const publicKey = await crypto.subtle.importKey(
      "jwk",
      publicJwk,
      algorithm,
      true,
      use === "sign" ? ["verify"] : [],
    );
    const usages: KeyUsage[] = use === "sign" ? ["sign"] : ["deriveBits", "deriveKey"];
    return {
      publicKey,
      privateKey: await crypto.subtle.importKey("jwk", { ...publicJwk, d }, algorithm, true, usages),
    };
  } catch {
    throw new CryptoError("key", "The private key is not an EC key on P-256.");
  }
}
