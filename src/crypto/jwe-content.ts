/** The innermost step of decryption, over jose: one recipient's key, and the algorithms that the caller names. */
import { errors, type FlattenedJWE, flattenedDecrypt } from "jose";
import { CryptoError } from "./errors.ts";

/**
 * Decrypts a flattened JWE.
 *
 * @returns the plaintext
 * @throws CryptoError `algorithm` for another algorithm than the named ones, `ciphertext` for whatever does not decrypt
 */
export async function openContent(
  jwe: FlattenedJWE,
  key: CryptoKey,
  allowed: { readonly alg: string; readonly enc: string },
): Promise<Uint8Array> {
  try {
    const { plaintext } = await flattenedDecrypt(jwe, key, {
      keyManagementAlgorithms: [allowed.alg],
      contentEncryptionAlgorithms: [allowed.enc],
      // Nothing here is compressed, and a bomb need not be defused that is not let in.
      maxDecompressedLength: 0,
    });
    return plaintext;
  } catch (error) {
    if (error instanceof errors.JOSEAlgNotAllowed) throw new CryptoError("algorithm", "The algorithm is not accepted.");
    if (error instanceof errors.JOSEError) {
      throw new CryptoError("ciphertext", "It does not decrypt: the bytes were changed, or its key was for another.");
    }
    throw error;
  }
}
