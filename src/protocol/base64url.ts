/** base64url without padding (RFC 4648 §5), canonical: one text for each sequence of bytes, or no text. */
import { ProtocolError } from "./errors.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES: ReadonlyMap<number, number> = new Map(Array.from(ALPHABET, (sign, value) => [sign.charCodeAt(0), value]));

const refuse = (): ProtocolError =>
  new ProtocolError("base64url", "A value is not base64url without padding (RFC 4648, section 5).");

/** Encodes bytes; the text has no padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x2000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
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
  let bits = 0;
  let held = 0;
  let out = 0;
  for (let at = 0; at < text.length; at++) {
    const value = VALUES.get(text.charCodeAt(at));
    if (value === undefined) throw refuse();
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[out++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) throw refuse();
  return bytes;
}
