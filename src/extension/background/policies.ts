/**
 * The policies of the accounts, as their brokers keep them for all devices. A change replaces a list whole, so it is made
 * from what the broker says now, and those of this device one after another.
 */
import type { DeviceLine } from "../../client/index.ts";
import { type AccountPolicy, LIMITS, type PolicySet } from "../../protocol/index.ts";
import type { AccountKey } from "../../responder/index.ts";

export interface Policies {
  readonly read: (account: AccountKey) => Promise<AccountPolicy>;
  /** Makes a change; an undefined one changes nothing. Resolves with the policy after it; rejects as the line does. */
  readonly change: (
    account: AccountKey,
    to: (policy: AccountPolicy) => PolicySet | undefined,
  ) => Promise<AccountPolicy>;
}

/** A list of a policy has no room. */
export class PolicyFullError extends Error {
  override readonly name = "PolicyFullError";
  readonly code = "full";
}

/** The list with an entry more. @throws PolicyFullError */
export function withEntry(list: readonly string[], entry: string): readonly string[] {
  if (list.includes(entry)) return list;
  if (list.length >= LIMITS.policyEntries) throw new PolicyFullError("The list has no room.");
  return [...list, entry];
}

/** The policies behind a line. */
export function policiesOf(line: Pick<DeviceLine, "policy">): Policies {
  const running = new Map<string, Promise<unknown>>();
  return {
    read: (account) => line.policy(account),
    change: (account, to) => {
      const name = JSON.stringify([account.account, account.broker]);
      const next = (running.get(name) ?? Promise.resolve()).then(async () => {
        const now = await line.policy(account);
        const set = to(now);
        return set === undefined ? now : line.policy(account, set);
      });
      running.set(
        name,
        next.catch(() => undefined),
      );
      return next;
    },
  };
}
