/**
 * Uniform Data Fingerprints (draft-hallambaker-udf): u = SHA-512(content type ":" SHA-512(data)), a version byte before
 * it, cut to 150 bits, in Base32 groups of five. A BrokerID uses the same alphabet over random bits.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BITS = 150;

/** The first byte of a fingerprint by SHA-512, and of a BrokerID. */
export const VERSION_SHA512 = 0x60;

async function sha512(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
}

/** What a fingerprint is cut from: SHA-512(content type ":" SHA-512(data)), 64 bytes. */
export async function udfHash(contentType: string, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const label = new TextEncoder().encode(`${contentType}:`);
  const inner = await sha512(data);
  const outer = new Uint8Array(label.length + inner.length);
  outer.set(label);
  outer.set(inner, label.length);
  return sha512(outer);
}

/** The 150-bit fingerprint of `data` as `contentType`, as `MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI`. */
export async function fingerprint(contentType: string, data: Uint8Array<ArrayBuffer>): Promise<string> {
  return presentUdf(VERSION_SHA512, await udfHash(contentType, data));
}

/** The version byte and 18 bytes more, of which 150 bits count, in Base32 groups of five. */
export function presentUdf(version: number, rest: Uint8Array): string {
  return base32(Uint8Array.of(version, ...rest.subarray(0, 18)), BITS).replace(/(.{5})(?=.)/g, "$1-");
}

/** Base32 (RFC 4648 §6) of the first `bits` bits; `bits` is a multiple of five. */
export function base32(bytes: Uint8Array, bits: number): string {
  let text = "";
  for (let at = 0; at < bits; at += 5) {
    const pair = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0);
    text += ALPHABET[(pair >> (11 - (at & 7))) & 31] ?? "";
  }
  return text;
}
