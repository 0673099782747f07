/**
 * Fingerprints as the 2017 reference counts them: of an RSA key as PKCS#1 RSAPublicKey (RFC 8017 §A.1.1) under
 * `application/x509-keyinfo`, and with a slip in the cut: the last byte is shifted by two before its upper six bits count.
 */
import { presentUdf, udfHash, VERSION_SHA512 } from "../crypto/udf.ts";

const LAST = 17;

/** The fingerprint of `data` as `contentType`, cut as the reference cuts it. */
export async function fingerprint2017(contentType: string, data: Uint8Array<ArrayBuffer>): Promise<string> {
  const cut = (await udfHash(contentType, data)).slice(0, LAST + 1);
  cut[LAST] = ((cut[LAST] ?? 0) << 2) & 0xff;
  return presentUdf(VERSION_SHA512, cut);
}

/** The kid that the reference gives to an RSA key. `n` and `e` are big-endian, without leading zeros. */
export function kid2017(n: Uint8Array, e: Uint8Array): Promise<string> {
  const key = der(0x30, [...derInteger(n), ...derInteger(e)]);
  return fingerprint2017("application/x509-keyinfo", Uint8Array.from(key));
}

/** A positive INTEGER: with a zero before a first bit that would read as a sign. */
function derInteger(bytes: Uint8Array): readonly number[] {
  return der(0x02, (bytes[0] ?? 0) > 0x7f ? [0, ...bytes] : [...bytes]);
}

/** Tag, length, content (X.690 §8.1); of at most 65,535 bytes. */
function der(tag: number, content: readonly number[]): readonly number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}
