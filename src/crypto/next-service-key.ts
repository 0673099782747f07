/**
 * Service-key rotation (Appendix A of the design): a key hands over to the next one by signing it. Whoever pinned the first
 * of a chain can follow it to the last; nobody else's word counts.
 */
import { type Jws, NextServiceKey, ProtocolError } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { importPublicKey, type VerifyKey } from "./public-key.ts";
import { openSigned, TYP } from "./signed.ts";

export interface Handover {
  /** The key that hands over. */
  readonly signer: VerifyKey;
  readonly next: VerifyKey;
}

/**
 * Verifies one handover.
 *
 * @throws CryptoError, ProtocolError as `openSigned`; CryptoError `header` where `typ` is missing
 */
export async function openNextServiceKey(jws: Jws): Promise<Handover> {
  const { body, signer, typed } = await openSigned(jws, TYP.nextServiceKey, NextServiceKey);
  if (!typed) throw new CryptoError("header", "A handover of the service key must say typ in its protected header.");
  return Object.freeze({ signer, next: await importPublicKey(body.ServiceKey) });
}

/**
 * The keys that a pinned one handed over to, one after the other. What does not verify, or is by another key, is skipped.
 *
 * @param handovers - the oldest first
 */
export async function successorsOf(pinned: VerifyKey, handovers: readonly Jws[]): Promise<readonly VerifyKey[]> {
  const found: VerifyKey[] = [];
  for (const jws of handovers) {
    const handover = await openNextServiceKey(jws).catch((error: unknown) => {
      if (error instanceof CryptoError || error instanceof ProtocolError) return undefined;
      throw error;
    });
    if (handover?.signer.kid === (found.at(-1) ?? pinned).kid) found.push(handover.next);
  }
  return found;
}
