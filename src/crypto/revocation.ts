/** A device's revocation (Appendix A of the design): from a moment on, what the device signs does not count. */
import { DeviceRevocation, formatTime, type Jws, parseAccount, parseTime } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { signGeneral } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";
import { openSigned, TYP } from "./signed.ts";

/** A revocation whose signature holds. Whether its signer may revoke this device is for broker, enquirer and receipt. */
export interface VerifiedRevocation {
  readonly jws: Jws;
  /** Account id, domain in lower case. */
  readonly account: string;
  /** The device that is revoked. */
  readonly kid: string;
  /** Milliseconds since 1970; the signer's word. */
  readonly created: number;
  readonly signer: VerifyKey;
}

export interface NewRevocation {
  readonly account: string;
  readonly kid: string;
  /** Milliseconds since 1970, written with whole seconds. */
  readonly created: number;
}

/** Signs a revocation: by the device itself, by the one that endorsed it, or, on recovery, by the service key. */
export function signRevocation(key: SigningKey, { account, kid, created }: NewRevocation): Promise<Jws> {
  const body: DeviceRevocation = { Account: account, Kid: kid, Created: formatTime(created) };
  return signGeneral(key, TYP.revocation, JSON.stringify({ DeviceRevocation: body }));
}

/**
 * Verifies a revocation's own signature. It must say `typ`.
 *
 * @throws CryptoError, ProtocolError as `openSigned`; CryptoError `header`
 */
export async function openRevocation(jws: Jws): Promise<VerifiedRevocation> {
  const { body, signer, typed } = await openSigned(jws, TYP.revocation, DeviceRevocation);
  if (!typed) throw new CryptoError("header", "A revocation must say typ in its protected header.");
  return Object.freeze({
    jws,
    account: parseAccount(body.Account).id,
    kid: body.Kid,
    created: parseTime(body.Created),
    signer,
  });
}
