/**
 * Matching (design §7): the request commits to a code that the enquirer shows on its own page. Whoever reads the request
 * cannot find the code in it, because 32 random bytes are hashed before it; who has both can show that they are the ones.
 */
import { decodeBase64url, encodeBase64url } from "../protocol/index.ts";
import { webPrimitives } from "./primitives.ts";

/** What the enquirer keeps to itself until the answer is there. */
export interface MatchSecret {
  /** base64url of 32 random bytes. */
  readonly nonce: string;
  /** Decimal digits. */
  readonly code: string;
}

const DIGITS = 6;

/** A new nonce and a code of six digits, each as likely as any other. */
export function newMatchSecret(): MatchSecret {
  const nonce = encodeBase64url(crypto.getRandomValues(new Uint8Array(32)));
  return Object.freeze({ nonce, code: String(randomBelow(10 ** DIGITS)).padStart(DIGITS, "0") });
}

/** Draws again what lies in the last, incomplete run of `limit` numbers: else low codes would come more often. */
function randomBelow(limit: number): number {
  const end = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const [drawn = end] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < end) return drawn % limit;
  }
}

/**
 * `Match` of a request: base64url(SHA-256(nonce || 00 || code)).
 *
 * @throws ProtocolError `base64url` where the nonce is none
 */
export async function matchCommitment({ nonce, code }: MatchSecret): Promise<string> {
  const bytes = decodeBase64url(nonce);
  const typed = new TextEncoder().encode(code);
  const joined = new Uint8Array(bytes.length + 1 + typed.length);
  joined.set(bytes);
  joined.set(typed, bytes.length + 1);
  return webPrimitives.sha256(joined);
}
