/**
 * Who is asking (design §6): derived from the key that signed, never from the sender's word. A name that the user
 * pinned with another key is not merely unverified, it is an alarm.
 */
import type { VerifiedRequest } from "../crypto/index.ts";
import { parseAccount } from "../protocol/index.ts";
import type { AccountKey } from "./inbox-entry.ts";
import type { BrokerPort, ResponderPorts } from "./ports.ts";
import type { SenderView } from "./view.ts";

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

/** Whether the account's broker says that this key is a device of the account already. It may lie; what is typed binds. */
export async function isDevice(
  broker: Pick<BrokerPort, "vouchedKids">,
  kid: string,
  account: AccountKey,
): Promise<boolean> {
  const kids: readonly string[] = await broker.vouchedKids(account, account.account).catch(() => []);
  return kids.includes(kid);
}

/**
 * How the sender of a verified request is known, now: the user's own pin first, then the domain's word, which does not come
 * through the broker, then the broker's.
 */
export async function knownAs(
  { pins, domains }: Pick<ResponderPorts, "pins" | "domains">,
  request: VerifiedRequest,
  vouched: boolean,
): Promise<Pick<SenderView, "trust" | "check">> {
  const { fromId, signer } = request;
  const pinned = await pins.pinnedKids(fromId);
  if (pinned.length > 0) return { trust: pinned.includes(signer.kid) ? "pinned" : "changed", check: "none" };
  const check = await domains.check(fromId, signer.kid);
  if (check === "published") return { trust: "domain", check: "none" };
  return vouched ? { trust: "local", check: "none" } : { trust: "unverified", check };
}
