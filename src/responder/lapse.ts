/**
 * How a request ends without an answer: its time is over, or its broker says, authenticated, that it is not pending
 * any more. Never applies to an answered request.
 */
import type { AccountKey, InboxEntry } from "./inbox-entry.ts";
import type { ResponderPorts } from "./ports.ts";

const OPEN = ["received", "verified", "presented"] as const;

/** Whether it waits for the user. */
export function isWaiting({ state }: InboxEntry): boolean {
  return state === "verified" || state === "presented";
}

/** Whether it waits for its end. */
export function isOpen({ state }: InboxEntry): boolean {
  return OPEN.some((open) => open === state);
}

/** Expires an unanswered entry whose time is over; true where it did, or where it had expired before. */
export async function expireIfDue(ports: ResponderPorts, entry: InboxEntry): Promise<boolean> {
  if (entry.state === "expired") return true;
  const now = ports.clock();
  if (!isOpen(entry) || entry.expires > now) return false;
  await ports.storage.replace(OPEN, { ...entry, state: "expired", ended: now });
  return true;
}

/** Expires whatever is due. */
export async function expireDue(ports: ResponderPorts, account: AccountKey): Promise<void> {
  for (const entry of await ports.storage.list(account)) await expireIfDue(ports, entry);
}

/**
 * Asks the broker about one request that seems to be gone, and withdraws it where the broker confirms that.
 * Does nothing where the broker gives no signed word.
 */
export async function withdrawIfConfirmed(ports: ResponderPorts, account: AccountKey, brokerId: string): Promise<void> {
  const entries = await ports.storage.list(account);
  const entry = entries.find((one) => one.brokerId === brokerId && isOpen(one));
  if (entry === undefined) return;
  if ((await ports.broker.pendingEntry(account, brokerId)) !== undefined) return;
  const endedAs = await ports.broker.statusOf(account, brokerId);
  // Not listed, and yet pending: a broker that contradicts itself has confirmed nothing.
  if (endedAs === "PENDING") return;
  await ports.storage.replace(OPEN, { ...entry, state: "withdrawn", endedAs, ended: ports.clock() });
}
