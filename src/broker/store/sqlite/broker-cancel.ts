/** What is pending at an account that nobody can answer for any more: over, by the broker's word. */
import type Database from "libsql";
import type { Settled } from "../requests.ts";
import { requestStatusOf, textOf } from "./parse-rows.ts";

/**
 * Ends what is pending at an account, or one request of it: BCANCEL, or EXPIRED where its time had passed before. To be
 * called within a write, the same that takes away the account or the device.
 */
export function brokerCancelling(
  database: Database.Database,
): (account: string, now: number, brokerId?: string) => readonly Settled[] {
  const end = database.prepare(`
    UPDATE requests SET state = CASE WHEN expire > ?1 THEN 'BCANCEL' ELSE 'EXPIRED' END, settled = ?1
    WHERE account = ?2 AND state = 'PENDING' AND (?3 IS NULL OR broker_id = ?3) RETURNING broker_id, state`);
  return (account, now, brokerId) =>
    end
      .all(now, account, brokerId ?? null)
      .map((row) => ({ brokerId: textOf(row, "broker_id"), account, state: requestStatusOf(row) }));
}
