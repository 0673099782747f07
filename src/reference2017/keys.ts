/** The keys that a file of the reference holds: in the clear, and in the payloads of what is signed in it. */
import { CryptoError, importPublicKey, type VerifyKey } from "../crypto/index.ts";
import { encodeBase64url, type JsonValue, ProtocolError } from "../protocol/index.ts";
import { Reference2017Error } from "./errors.ts";
import { findKeys, findSigned, type PublicKeyRsa } from "./find.ts";
import { kid2017 } from "./fingerprint.ts";
import { decodeLines, scanJson2017 } from "./read-text.ts";

/** So many keys under one name are tried. A file has one. */
const TRIED = 4;

/** All keys of a file. A key proves itself by its fingerprint, so it does not matter who wrote it down. */
export function keysOf(file: JsonValue): readonly PublicKeyRsa[] {
  return [...findKeys(file), ...findSigned(file).flatMap(({ payload }) => keysInside(payload))];
}

function keysInside(payload: string): readonly PublicKeyRsa[] {
  try {
    return findKeys(scanJson2017(decodeLines(payload)));
  } catch (error) {
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}

/**
 * The key whose fingerprint is `kid`, by the rule of 2017.
 *
 * @throws Reference2017Error `key_unknown`
 */
export async function keyOf(kid: string, keys: readonly PublicKeyRsa[]): Promise<VerifyKey> {
  for (const { n, e } of keys.filter((key) => key.kid === kid).slice(0, TRIED)) {
    const key = await importNamed(kid, n, e);
    if (key !== undefined) return key;
  }
  throw new Reference2017Error("key_unknown", `The key ${kid} that signed is in none of the files given.`);
}

async function importNamed(kid: string, n: string, e: string): Promise<VerifyKey | undefined> {
  try {
    const [modulus, exponent] = [decodeLines(n), decodeLines(e)];
    if ((await kid2017(modulus, exponent)) !== kid) return undefined;
    const jwk = { kty: "RSA", n: encodeBase64url(modulus), e: encodeBase64url(exponent), alg: "RS512" };
    return await importPublicKey(jwk);
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof CryptoError) return undefined;
    throw error;
  }
}
