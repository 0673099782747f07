/**
 * An account's own policy at work (design §8): whom its owner does not want to be asked by. A key is who signed. A name
 * is only claimed: for a block the claim is enough, because nobody gains by claiming a blocked name; to be allowed by name
 * the key must be bound to it.
 */
import { parseAccount } from "../../protocol/index.ts";
import { Refusal } from "../refusal.ts";
import type { StoredPolicy, Strikes } from "../store/index.ts";

export interface AskingSender {
  readonly kid: string;
  /** What the request says whom it is from; undefined where it cannot be read. */
  readonly fromId: string | undefined;
  /** Whether the key is one of that name's: a device of that account here, or published by its domain. */
  readonly isBound: () => Promise<boolean>;
}

/**
 * Why an account takes no request of this sender; undefined where it does.
 *
 * @param strikes - of the sender's key; undefined also where the broker makes no cool-downs
 */
export async function accountRefusal(
  { block, allow, allowOnly }: StoredPolicy,
  strikes: Strikes | undefined,
  sender: AskingSender,
  now: number,
): Promise<Refusal | undefined> {
  const names = namesOf(sender.fromId);
  const isBlocked = [sender.kid, ...names].some((name) => block.includes(name));
  if (isBlocked || (allowOnly && !(await isAllowed(allow, names, sender)))) {
    return new Refusal("forbidden", "The account does not take requests from this sender.");
  }
  if (strikes === undefined || strikes.until <= now) return undefined;
  const seconds = Math.ceil((strikes.until - now) / 1000);
  return new Refusal(
    "too_many",
    "The account rejected several requests of this key; it is not asked for a while.",
    seconds,
  );
}

function namesOf(fromId: string | undefined): readonly string[] {
  if (fromId === undefined) return [];
  const { id, domain } = parseAccount(fromId);
  return [id, domain];
}

/** The binding may cost a look-up, so it is asked for only where a name would decide. */
async function isAllowed(allow: readonly string[], names: readonly string[], sender: AskingSender): Promise<boolean> {
  return allow.includes(sender.kid) || (names.some((name) => allow.includes(name)) && sender.isBound());
}
