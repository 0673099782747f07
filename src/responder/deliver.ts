/**
 * Delivery: a signed answer is offered to the broker until the broker has it, or says for good that it does not want it.
 * What was tried is stored, so a restart goes on where the last process stopped. Offering the same answer twice is harmless.
 */
import type { AccountKey, Delivery, InboxEntry } from "./inbox-entry.ts";
import type { ResponderPorts } from "./ports.ts";

/** What the broker's signed word means for the answer; for any other, and for silence, "try again later". */
const DELIVERY_OF: ReadonlyMap<number | undefined, Delivery> = new Map([
  [201, "accepted"],
  [202, "accepted"],
  [409, "conflict"],
  [410, "late"],
  [404, "unknown_request"],
  [400, "not_allowed"],
  [403, "not_allowed"],
]);

/**
 * Delivers what is due.
 *
 * @param backoff - milliseconds until the next try after so many failures
 * @throws whatever the storage rejects with, after all that is due was offered
 * @returns when the next delivery is due, in milliseconds since 1970, or undefined where nothing waits
 */
export async function deliverDue(
  ports: ResponderPorts,
  account: AccountKey,
  backoff: (failures: number) => number,
): Promise<number | undefined> {
  let next: number | undefined;
  let failure: Error | undefined;
  for (const entry of await ports.storage.list(account)) {
    if (entry.tell) await tellRefused(ports, entry);
    if (entry.state !== "answered" || entry.answer === undefined) continue;
    try {
      const due =
        entry.answer.nextAttempt <= ports.clock() ? await offer(ports, entry, backoff) : entry.answer.nextAttempt;
      if (due !== undefined) next = Math.min(next ?? due, due);
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }
  // A storage that is full keeps no answer from the broker.
  if (failure !== undefined) throw failure;
  return next;
}

/** Says `REFUSED` of a request that was not shown; where there was no word, the next delivery says it again. */
async function tellRefused(ports: ResponderPorts, entry: InboxEntry): Promise<void> {
  const status = await ports.broker.refuse(entry, entry.brokerId).catch(() => undefined);
  const isSettled = entry.expires <= ports.clock() || DELIVERY_OF.has(status);
  if (isSettled) await ports.storage.replace(["refused"], { ...entry, tell: false });
}

/** Offers one answer; returns when to try again, or undefined where it is settled. */
async function offer(
  ports: ResponderPorts,
  entry: InboxEntry,
  backoff: (failures: number) => number,
): Promise<number | undefined> {
  const { answer } = entry;
  if (answer === undefined) return undefined;
  const said = await ports.broker.respond(entry, entry.brokerId, answer.jws).catch(() => undefined);
  const now = ports.clock();
  const attempts = answer.attempts + 1;
  const delivery = DELIVERY_OF.get(said?.status);
  if (delivery !== undefined) {
    const settled = { ...answer, attempts, delivery, deliveredAt: now, stamp: said?.stamp };
    await ports.storage.replace(["answered"], { ...entry, state: "delivered", answer: settled });
    return undefined;
  }
  const nextAttempt = now + backoff(attempts);
  await ports.storage.replace(["answered"], { ...entry, answer: { ...answer, attempts, nextAttempt } });
  return nextAttempt;
}
