/** base64url without padding (RFC 4648 §5), canonical: one text for each sequence of bytes, or no text. */
import { ProtocolError } from "./errors.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** No sign of the alphabet: a bit beyond those of a value. */
const NONE = 64;
/** By character code. */
const VALUES = new Uint8Array(128).fill(NONE);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

const refuse = (): ProtocolError =>
  new ProtocolError("base64url", "A value is not base64url without padding (RFC 4648, section 5).");

/** By value. */
const CODES = Uint8Array.from(ALPHABET, (sign) => sign.charCodeAt(0));
const decoder = new TextDecoder();

/** Encodes bytes; the text has no padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  const signs = new Uint8Array(Math.ceil((bytes.length * 8) / 6));
  /** What was read and not written yet, and how many bits of it count. */
  let held = 0;
  let bits = 0;
  let out = 0;
  for (const byte of bytes) {
    held = ((held & 0x3f) << 8) | byte;
    for (bits += 8; bits >= 6; bits -= 6) signs[out++] = CODES[(held >> (bits - 6)) & 63] ?? 0;
  }
  if (bits > 0) signs[out] = CODES[(held << (6 - bits)) & 63] ?? 0;
  return decoder.decode(signs);
}

/** Encodes the UTF-8 bytes of a text. */
export function encodeTextBase64url(text: string): string {
  return encodeBase64url(new TextEncoder().encode(text));
}

/**
 * Decodes canonical base64url.
 *
 * @throws ProtocolError `base64url` for another alphabet, padding, white space, or left-over bits that are not zero
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 === 1) throw refuse();
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  /** What was read and not written yet, and how many bits of it count. */
  let held = 0;
  let bits = 0;
  let out = 0;
  /** Every value seen, so that the loop has no way out of it. */
  let seen = 0;
  for (let at = 0; at < text.length; at++) {
    const value = VALUES[text.charCodeAt(at)] ?? NONE;
    seen |= value;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[out++] = held >> bits;
    }
  }
  if (seen >= NONE || (held & ((1 << bits) - 1)) !== 0) throw refuse();
  return bytes;
}
