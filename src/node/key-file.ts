/** A signing key in a file: a private JWK, mode 0600, made on first use. */
import {
  exportPair,
  importPair,
  newSigningPair,
  type PrivateJwk,
  type SigningKey,
  signingKeyOf,
} from "../crypto/index.ts";
import { isJsonObject, LIMITS, scanJson } from "../protocol/index.ts";
import { readOptionalFile, writePrivateFile } from "./files.ts";
import { withLock } from "./lock.ts";

/**
 * Reads the key, or makes it.
 *
 * @throws CryptoError `key`, ProtocolError for a file that is not a key
 */
export async function loadSigningKey(path: string): Promise<SigningKey> {
  return (await readKey(path)) ?? withLock(path, async () => (await readKey(path)) ?? makeKey(path));
}

async function readKey(path: string): Promise<SigningKey | undefined> {
  const text = await readOptionalFile(path);
  return text === undefined ? undefined : signingKeyOf(await importPair(readPrivateJwk(text), "sign"));
}

async function makeKey(path: string): Promise<SigningKey> {
  const pair = await newSigningPair({ extractable: true });
  await writePrivateFile(path, `${JSON.stringify(await exportPair(pair))}\n`);
  return signingKeyOf(pair);
}

/** Reads a private JWK of the kind that `exportPair` writes; what is missing is empty, and refused on import. */
export function readPrivateJwk(text: string): PrivateJwk {
  const json = scanJson(text, LIMITS.messageBytes);
  const member = (name: string): string => {
    const value = isJsonObject(json) ? json[name] : undefined;
    return typeof value === "string" ? value : "";
  };
  return { kty: member("kty"), crv: member("crv"), x: member("x"), y: member("y"), d: member("d") };
}
