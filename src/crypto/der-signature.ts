/** ECDSA signatures as authenticators write them: DER (X.690), which WebCrypto does not read. */
import { CryptoError } from "./errors.ts";
import { verifyBytes } from "./jws.ts";
import type { VerifyKey } from "./public-key.ts";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const NUMBER_BYTES = 32;

/**
 * The 64 bytes r || s of a signature on P-256; undefined for bytes that are not the one DER form of one
 * (RFC 3279 §2.2.3): two positive integers, shortest lengths, nothing before or after.
 */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) return undefined;
  const raw = new Uint8Array(2 * NUMBER_BYTES);
  let at = 2;
  for (const end of [NUMBER_BYTES, 2 * NUMBER_BYTES]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    const [first = 0x80, second = 0] = number;
    const isPositive = length > 0 && number.length === length && first < 0x80;
    // A zero stands before a byte that would make the number negative, and nowhere else.
    if (der[at] !== INTEGER || !isPositive || (first === 0 && second < 0x80)) return undefined;
    const digits = number.subarray(first === 0 ? 1 : 0);
    if (digits.length > NUMBER_BYTES) return undefined;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : undefined;
}

/**
 * Verifies such a signature by a key of ES256.
 *
 * @throws CryptoError `signature`
 */
export async function verifyDer(der: Uint8Array, bytes: Uint8Array<ArrayBuffer>, key: VerifyKey): Promise<void> {
  const raw = rawSignature(der);
  if (raw === undefined)
    throw new CryptoError("signature", "The signature is not in the form that authenticators write.");
  await verifyBytes(raw, bytes, key);
}
