/** What is pending at an account that nobody can answer for any more: over, by the broker's word. */
import type { Settled } from "../requests.ts";
import { record, rows, type Script } from "../script.ts";
import { integerOf, textOf } from "./parse-rows.ts";

const END = `
  UPDATE requests SET state = CASE WHEN expire > ?1 THEN 'BCANCEL' ELSE 'EXPIRED' END, settled = ?1
  WHERE account = ?2 AND state = 'PENDING' AND (CAST(?3 AS TEXT) IS NULL OR broker_id = ?3)
  RETURNING seq, broker_id, digest, state`;

/**
 * Ends what is pending at an account, or one request of it: BCANCEL, or EXPIRED where its time had passed before. Part of
 * the write that takes away the account or the device.
 */
export function* brokerCancel(account: string, now: number, brokerId?: string): Script<readonly Settled[]> {
  const ended = yield* rows(END, now, account, brokerId ?? null);
  const settled: Settled[] = [];
  for (const one of ended) {
    const event = textOf(one, "state") === "EXPIRED" ? "EXPIRED" : "BCANCEL";
    yield* record({ event, at: now, request: integerOf(one, "seq"), subject: textOf(one, "digest") });
    settled.push({ brokerId: textOf(one, "broker_id"), account, state: event });
  }
  return settled;
}
