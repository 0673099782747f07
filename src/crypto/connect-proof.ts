/**
 * Binding a device by a code that never travels (Appendix A of the design): each side proves with an HMAC that it
 * knows the code, over the keys that it saw, so a broker or a client in between with another key is noticed.
 */
import { decodeBase64url, encodeBase64url } from "../protocol/index.ts";

const encoder = new TextEncoder();

/** With every sign set apart by some white space. */
const LONGEST_TYPED = 100;

/** Reads a code as a person types it, or undefined where it is none. */
export function parseConnectCode(typed: string): string | undefined {
  if (typed.length > LONGEST_TYPED) return undefined;
  const code = typed.toUpperCase().replace(/[\s-]/g, "");
  return /^[A-Z2-7]{16}$/.test(code) ? code : undefined;
}

function hmacKey(code: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(code), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
}

/** The parts of a proof, joined by a zero byte, which none of them can contain. */
function joined(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(parts.join("\0"));
}

/** What the device proves: that it knows the code for this account and this key. */
export function deviceProofParts(account: string, deviceKid: string): readonly string[] {
  return ["mesh-confirm connect device", account, deviceKid];
}

/** What the service proves back: that it knows the code, and that this is its key. */
export function serviceProofParts(account: string, serviceKid: string, deviceKid: string): readonly string[] {
  return ["mesh-confirm connect service", account, serviceKid, deviceKid];
}

/** base64url(HMAC-SHA-256(code, parts joined by 00)). `code` is the 16 ASCII capitals. */
export async function proveCode(code: string, parts: readonly string[]): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", await hmacKey(code), joined(parts))));
}

/**
 * Checks a proof in constant time.
 *
 * @throws ProtocolError `base64url` where the proof is none
 */
export async function verifyCodeProof(code: string, parts: readonly string[], proof: string): Promise<boolean> {
  return crypto.subtle.verify("HMAC", await hmacKey(code), decodeBase64url(proof), joined(parts));
}
