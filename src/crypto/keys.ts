/**
 * Keys. A public key is known by its fingerprint, which is its `kid`; an imported key is kept, because importing costs
 * as much as verifying. Private keys made with `extractable: false` can sign but never be read.
 */
import { importJWK } from "jose";
import { decodeBase64url, ProtocolError, PublicJwk, type JsonValue } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { fingerprint } from "./udf.ts";

/** What is written, and for now what is read: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). */
export const ALGORITHMS = ["ES256"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A public key that verified as a key: `kid` was computed from it. */
export interface VerifyKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly jwk: PublicJwk;
  readonly key: CryptoKey;
}

/** The private half, with what is needed to name it. */
export interface SigningKey extends VerifyKey {
  readonly privateKey: CryptoKey;
}

const KEPT = 10_000;
const kept = new Map<string, Promise<VerifyKey>>();

/**
 * Imports a public JWK and computes its fingerprint.
 *
 * @throws CryptoError `key` for another kind of key or a point that is not on the curve
 */
export function importPublicKey(jwk: PublicJwk): Promise<VerifyKey> {
  const { kty, crv, x, y } = jwk;
  if (kty !== "EC" || crv !== "P-256" || x?.length !== 43 || y?.length !== 43) {
    return Promise.reject(new CryptoError("key", "The key is not an EC key on P-256."));
  }
  const name = `${x}.${y}`;
  const known = kept.get(name);
  const made = known ?? importEc({ kty, crv, x, y });
  // A key in use moves to the end: a stranger with many keys displaces other strangers first.
  kept.delete(name);
  kept.set(name, made);
  if (known !== undefined) return known;
  made.catch(() => kept.delete(name));
  const oldest = kept.size > KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return made;
}

async function importEc(jwk: PublicJwk): Promise<VerifyKey> {
  let key: CryptoKey | Uint8Array;
  try {
    for (const coordinate of [jwk.x, jwk.y]) decodeBase64url(coordinate ?? "");
    key = await importJWK({ ...jwk }, "ES256", { extractable: true });
  } catch {
    throw new CryptoError("key", "The key is not a point on P-256.");
  }
  if (key instanceof Uint8Array) throw new CryptoError("key", "The key is not a public key.");
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  const kid = await fingerprint("application/pkix-keyinfo", spki);
  return Object.freeze({ kid, alg: "ES256", jwk: Object.freeze({ ...jwk }), key });
}

/**
 * Reads a JWK of unknown origin and imports it.
 *
 * @throws CryptoError `key`, also for a JWK with a private member
 */
export function readPublicKey(value: JsonValue): Promise<VerifyKey> {
  try {
    return importPublicKey(PublicJwk.read(value, "jwk"));
  } catch (error) {
    if (error instanceof ProtocolError) return Promise.reject(new CryptoError("key", error.message));
    throw error;
  }
}

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;

async function publicJwkOf(key: CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return PublicJwk.read({ kty: kty ?? "", crv: crv ?? "", x: x ?? "", y: y ?? "" }, "jwk");
}

/** Puts a key pair, for instance one from a browser's storage, in the form that signs here. */
export async function signingKeyOf(pair: CryptoKeyPair): Promise<SigningKey> {
  const key = await importPublicKey(await publicJwkOf(pair.publicKey));
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
  const { d, ...publicJwk } = jwk;
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
