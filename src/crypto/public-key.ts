/**
 * Public keys. A key is known by its fingerprint, which is its `kid`; an imported key is kept, because importing costs as
 * much as verifying. What is kept is kept by algorithm and key together: an RSA key is imported for one algorithm.
 */
import { ProtocolError, PublicJwk, type JsonValue } from "../protocol/index.ts";
import { ALGORITHMS, type SignatureAlgorithm } from "./algorithms.ts";
import { CryptoError } from "./errors.ts";
import { type CheckedJwk, checkJwk } from "./jwk.ts";
import { fingerprint } from "./udf.ts";

/** A public key that verified as a key: `kid` was computed from it. */
export interface VerifyKey {
  readonly kid: string;
  /** The one algorithm that it verifies. */
  readonly alg: SignatureAlgorithm;
  /** The members of its kind, in canonical form; of an RSA key its `alg` too, so that whoever stores it fixes that. */
  readonly jwk: PublicJwk;
  readonly key: CryptoKey;
}

const KEPT = 10_000;
const kept = new Map<string, Promise<VerifyKey>>();

/**
 * Imports a public signing key and computes its fingerprint. An RSA key must say its `alg`, or come with an object that
 * does.
 *
 * @param said - the `alg` of the object that the key came with
 * @throws CryptoError `key` for a key that is not read here or not a point of its curve; `algorithm` where `said` is none
 *   for this key, or where this browser lacks it
 */
export function importPublicKey(jwk: PublicJwk, said?: SignatureAlgorithm): Promise<VerifyKey> {
  let checked: CheckedJwk;
  try {
    checked = checkJwk(jwk, said);
  } catch (error) {
    if (error instanceof CryptoError) return Promise.reject(error);
    throw error;
  }
  const { x, y, n } = checked.jwk;
  const name = [checked.alg, x, y, n].join(".");
  const known = kept.get(name);
  const made = known ?? importChecked(checked);
  // A key in use moves to the end: a stranger with many keys displaces other strangers first.
  kept.delete(name);
  kept.set(name, made);
  if (known !== undefined) return known;
  made.catch(() => kept.delete(name));
  const oldest = kept.size > KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return made;
}

async function importChecked({ alg, jwk }: CheckedJwk): Promise<VerifyKey> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("jwk", jwk, ALGORITHMS[alg].key, true, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") {
      throw new CryptoError("algorithm", `This browser cannot verify ${alg}.`);
    }
    throw new CryptoError(
      "key",
      jwk.crv === undefined ? "The RSA key is none." : `The key is not a point on ${jwk.crv}.`,
    );
  }
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  const kid = await fingerprint("application/pkix-keyinfo", spki);
  return Object.freeze({ kid, alg, jwk: Object.freeze({ ...jwk }), key });
}

/**
 * Reads a JWK of unknown origin and imports it.
 *
 * @param said - the `alg` of the object that the key came with
 * @throws CryptoError `key`, also for a JWK with a private member; `algorithm`
 */
export async function readPublicKey(value: JsonValue, said?: SignatureAlgorithm): Promise<VerifyKey> {
  return importPublicKey(readJwk(value), said);
}

/**
 * Reads the members of a public JWK of unknown origin.
 *
 * @throws CryptoError `key`
 */
export function readJwk(value: JsonValue): PublicJwk {
  try {
    return PublicJwk.read(value, "jwk");
  } catch (error) {
    if (error instanceof ProtocolError) throw new CryptoError("key", error.message);
    throw error;
  }
}
