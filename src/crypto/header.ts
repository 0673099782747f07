/** Protected headers (RFC 7515 §4): scanned like any other JSON, and refused when they say more than we understand. */
import { decodeBase64url, isJsonObject, type JsonObject, type JsonValue, LIMITS, scanJson } from "../protocol/index.ts";
import { namedAlgorithm, type SignatureAlgorithm } from "./algorithms.ts";
import { CryptoError } from "./errors.ts";
import { checkJwk, otherAlgorithm } from "./jwk.ts";
import { readJwk, readPublicKey, type VerifyKey } from "./public-key.ts";

/** Finds a key that the caller already holds. */
export type HeldKey = (kid: string) => Promise<VerifyKey | undefined> | VerifyKey | undefined;

/**
 * Decodes a protected header.
 *
 * @throws ProtocolError where it is not JSON; CryptoError `header`
 */
export function readHeader(encoded: string): JsonObject {
  const header = scanJson(decodeBase64url(encoded), LIMITS.messageBytes);
  if (!isJsonObject(header)) throw new CryptoError("header", "The protected header is not an object.");
  if (header["crit"] !== undefined) {
    throw new CryptoError("header", "The protected header demands an extension (crit) that is not known here.");
  }
  if (header["b64"] !== undefined) throw new CryptoError("header", "Unencoded payloads (b64) are not read here.");
  return header;
}

/**
 * Finds the signer's key: the protected `jwk`, else one that the caller holds under `kid`. Each `kid` that the object
 * says, beside the header or in it, must be the fingerprint of that key, and its `alg` that of the key.
 *
 * @param beside - the `kid` outside the protected header
 * @throws CryptoError `key`, `kid`, `key_unknown`, `algorithm`
 */
export async function signerKey(header: JsonObject, beside: string | undefined, held?: HeldKey): Promise<VerifyKey> {
  const alg = readAlgorithm(header);
  const { jwk, kid } = header;
  const key =
    jwk === undefined
      ? await heldKey(beside ?? kid, held)
      : alg === "ES512"
        ? await sameAsHeld(jwk, beside ?? kid, held)
        : await arrivedKey(jwk, alg, held);
  requireKid(header, beside, key);
  if (key.alg !== alg) throw otherAlgorithm();
  return key;
}

function requireKid({ kid }: JsonObject, beside: string | undefined, key: VerifyKey): void {
  if ([beside, kid].some((said) => said !== undefined && said !== key.kid)) {
    throw new CryptoError("kid", "The kid is not the fingerprint of the key that signed.");
  }
}

interface Signer {
  readonly header: JsonObject;
  readonly signer: VerifyKey;
}

const MOST_KEPT = 1000;
const LONGEST_KEPT = 1024;
/** By the text of the header: what one key signs has the same each time, and reading that costs a sixth of verifying. */
const kept = new Map<string, Signer>();

/**
 * Decodes a protected header and finds the signer's key, as `readHeader` and `signerKey` do.
 *
 * @throws ProtocolError; CryptoError `header`, `key`, `kid`, `key_unknown`, `algorithm`
 */
export async function readSigner(encoded: string, beside: string | undefined, held?: HeldKey): Promise<Signer> {
  const known = kept.get(encoded);
  if (known !== undefined) {
    requireKid(known.header, beside, known.signer);
    return known;
  }
  const header = readHeader(encoded);
  const signer = await signerKey(header, beside, held);
  const read = Object.freeze({ header, signer });
  // Only where the header alone says which key it is, whatever keys are held.
  const isAlone = header["jwk"] !== undefined && signer.jwk.kty !== "RSA" && signer.alg !== "ES512";
  if (isAlone && encoded.length <= LONGEST_KEPT) kept.set(encoded, read);
  const oldest = kept.size > MOST_KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return read;
}

/** @throws CryptoError `algorithm` */
function readAlgorithm(header: JsonObject): SignatureAlgorithm {
  const found = namedAlgorithm(header["alg"]);
  if (found !== undefined) return found;
  const said = typeof header["alg"] === "string" ? header["alg"].slice(0, 20) : "nothing";
  throw new CryptoError("algorithm", `The algorithm ${JSON.stringify(said)} is not accepted; sign with ES256.`);
}

async function heldKey(kid: JsonValue | undefined, held?: HeldKey): Promise<VerifyKey> {
  const known = typeof kid === "string" ? await held?.(kid) : undefined;
  if (known !== undefined) return known;
  throw new CryptoError("key_unknown", "The signature has no protected jwk, and its kid is not known here.");
}

/** A key that came with the object. One of RSA that the caller holds has an algorithm already. */
async function arrivedKey(jwk: JsonValue, alg: SignatureAlgorithm, held?: HeldKey): Promise<VerifyKey> {
  const key = await readPublicKey(jwk, alg);
  const known = key.jwk.kty === "RSA" ? await held?.(key.kid) : undefined;
  if (known !== undefined && known.alg !== alg) throw otherAlgorithm();
  return key;
}

/** ES512 is dear to verify, so a stranger's key is not even imported: it must be one that the caller holds. */
async function sameAsHeld(jwk: JsonValue, kid: JsonValue | undefined, held?: HeldKey): Promise<VerifyKey> {
  const arrived = checkJwk(readJwk(jwk), "ES512").jwk;
  const known = typeof kid === "string" ? await held?.(kid) : undefined;
  if (known === undefined) {
    throw new CryptoError("key_unknown", "ES512 is read by keys that are registered here; sign with ES256.");
  }
  if (known.jwk.x !== arrived.x || known.jwk.y !== arrived.y) {
    throw new CryptoError("kid", "The kid is not the fingerprint of the key that signed.");
  }
  return known;
}
