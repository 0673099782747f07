/**
 * How much of an account is kept. A broker that lists without end fills neither the disk nor the screen: what there is no
 * room for stays with the broker, and is taken at a later poll. Nothing is forgotten that could be shown again for it.
 */
import type { AccountKey, InboxEntry, RefusalReason } from "./inbox-entry.ts";
import { isOpen } from "./lapse.ts";
import { openForAccount } from "./open-entry.ts";
import type { ResponderPorts } from "./ports.ts";

/** Requests without an answer; an honest broker holds 50 for an account. */
export const MOST_OPEN = 100;
/** From so many entries on, the oldest that is over is forgotten for each that comes. */
export const MOST_KEPT = 600;
/** As many as there may be where none can be forgotten: requests of plain draft peers, which sign no dates. */
export const MOST_EVER = 1000;

/** How many more requests may wait for an answer. */
export async function roomFor({ storage }: Pick<ResponderPorts, "storage">, account: AccountKey): Promise<number> {
  return MOST_OPEN - (await storage.list(account)).filter(isOpen).length;
}

/** Makes room for one more request; false where there is none. */
export async function makeRoom(ports: ResponderPorts, account: AccountKey): Promise<boolean> {
  const entries = await ports.storage.list(account);
  if (entries.filter(isOpen).length >= MOST_OPEN) return false;
  if (entries.length < MOST_KEPT) return true;
  for (const entry of entries) {
    const isDone = !isOpen(entry) && entry.state !== "answered" && !entry.tell;
    if (!isDone || !(await wouldEnd(ports, entry))) continue;
    await ports.storage.remove(entry, entry.digest);
    return true;
  }
  return entries.length < MOST_EVER;
}

/** Refusals that time does not change. */
const FINAL: readonly RefusalReason[] = ["signature", "malformed", "encryption", "other_account", "text"];

/** Whether it would be refused, or over, if it came again now: then nothing is lost with the memory of it. */
async function wouldEnd(ports: ResponderPorts, entry: InboxEntry): Promise<boolean> {
  const now = ports.clock();
  const opened = await openForAccount(ports, { ...entry, received: now }, now);
  return opened.ok ? opened.expires <= now : FINAL.includes(opened.reason);
}
