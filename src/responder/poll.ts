/** Asks an account's broker what is pending, takes in what is new, and settles what is gone. The push channel only makes this quicker. */
import type { AccountKey } from "./inbox-entry.ts";
import { isWaiting, withdrawIfConfirmed } from "./lapse.ts";
import type { ResponderPorts } from "./ports.ts";
import { receive, resumeReceived } from "./receive.ts";
import { roomFor } from "./room.ts";

/**
 * Polls once.
 *
 * @returns how many requests were new and verified
 * @throws whatever the broker port rejects with
 */
export async function poll(ports: ResponderPorts, account: AccountKey): Promise<number> {
  let fresh = await resumeReceived(ports, account);
  const listed = await ports.broker.pending(account);
  let room = await roomFor(ports, account);
  for (const entry of listed.entries) {
    if (room <= 0) break;
    const stored = await receive(ports, account, entry);
    if (stored?.state !== "verified") continue;
    fresh += 1;
    room -= 1;
  }
  if (!listed.complete) return fresh;
  const there = new Set(listed.entries.map((entry) => entry.BrokerID));
  for (const entry of await ports.storage.list(account)) {
    if (isWaiting(entry) && !there.has(entry.brokerId)) await withdrawIfConfirmed(ports, account, entry.brokerId);
  }
  return fresh;
}
