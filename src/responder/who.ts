/**
 * Who is asking (design §6): derived from the key that signed, never from the sender's word. A name that the user
 * pinned with another key is not merely unverified, it is an alarm.
 */
import type { VerifiedRequest } from "../crypto/index.ts";
import { parseAccount } from "../protocol/index.ts";
import type { AccountKey } from "./inbox-entry.ts";
import type { BrokerPort, SenderPins } from "./ports.ts";
import type { Trust } from "./view.ts";

/**
 * Whether the account's broker vouches for the sender's key. Asked once, on receipt, and only about senders of the
 * account's own domain; a broker that cannot be asked vouches for nobody.
 */
export async function isVouched(
  broker: Pick<BrokerPort, "vouchedKids">,
  request: VerifiedRequest,
  account: AccountKey,
): Promise<boolean> {
  if (parseAccount(request.fromId).domain !== parseAccount(account.account).domain) return false;
  const kids: readonly string[] = await broker.vouchedKids(account, request.fromId).catch(() => []);
  return kids.includes(request.signer.kid);
}

/** How the sender of a verified request is known, now. */
export async function trustOf(pins: SenderPins, request: VerifiedRequest, vouched: boolean): Promise<Trust> {
  const pinned = await pins.pinnedKids(request.fromId);
  if (pinned.length > 0) return pinned.includes(request.signer.kid) ? "pinned" : "changed";
  return vouched ? "local" : "unverified";
}
