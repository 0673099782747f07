/** How a request leaves PENDING: conditional updates, of which one wins. */
import type Database from "libsql";
import type { RequestStatus } from "../../../protocol/index.ts";
import type { NewAnswer, RequestStore, Settled, SettleOutcome } from "../requests.ts";
import type { GroupCommit } from "./group-commit.ts";
import { integerOf, requestStatusOf, textOf } from "./parse-rows.ts";
import { sqliteStrike } from "./policies.ts";

type Endorses = NonNullable<NewAnswer["endorses"]>;
type Settling = Pick<RequestStore, "answer" | "refuse" | "cancel" | "expire" | "expireDue">;

export function sqliteSettling(database: Database.Database, writes: GroupCommit): Settling {
  const strike = sqliteStrike(database);
  const byDevice = database.prepare(`
    UPDATE requests SET state = ?1, settled = ?2, settled_by = ?3
    WHERE seq = ?4 AND state = 'PENDING' AND expire > ?2 AND EXISTS (
      SELECT 1 FROM devices d WHERE d.account = requests.account AND d.kid = ?3 AND d.state = 'active')`);
  const activeDevice = database.prepare(`
    SELECT 1 FROM requests r JOIN devices d ON d.account = r.account AND d.kid = ? AND d.state = 'active'
    WHERE r.seq = ?`);
  const stateOf = database.prepare(`
    SELECT state, coalesce(a.digest, '') AS digest FROM requests r LEFT JOIN answers a ON a.seq = r.seq WHERE r.seq = ?`);
  const insertAnswer = database.prepare("INSERT INTO answers (seq, digest, received, response) VALUES (?, ?, ?, ?)");
  const expire = database.prepare(
    "UPDATE requests SET state = 'EXPIRED', settled = ?1 WHERE seq = ?2 AND state = 'PENDING' AND expire <= ?1",
  );
  const cancel = database.prepare(
    "UPDATE requests SET state = 'ECANCEL', settled = ?1 WHERE seq = ?2 AND state = 'PENDING' AND expire > ?1",
  );
  const letIn = database.prepare(`
    UPDATE devices SET state = 'active', profile = ?, endorsement = ?, endorsed_by = ?
    WHERE account = ? AND kid = ? AND state = 'pending'`);
  const turnAway = database.prepare(
    "UPDATE devices SET state = 'revoked' WHERE account = ? AND kid = ? AND state = 'pending'",
  );
  const letChange = database.prepare(`
    UPDATE devices SET profile = wanted, wanted = NULL, change = ?, changed_by = ?
    WHERE account = ? AND kid = ? AND state = 'active' AND wanted = ?`);
  const dropChange = database.prepare(
    "UPDATE devices SET wanted = NULL WHERE account = ? AND kid = ? AND state = 'active' AND wanted = ?",
  );
  const due = database.prepare(
    "SELECT seq, broker_id, account FROM requests WHERE state = 'PENDING' AND expire <= ? ORDER BY expire LIMIT ?",
  );

  /** Why nothing changed. `as` is the state that was wanted, `digest` that of the answer. */
  function refusal(sequence: number, deviceKid: string, as: RequestStatus, digest: string, now: number): SettleOutcome {
    if (activeDevice.get(deviceKid, sequence) === undefined) return { kind: "stranger" };
    if (expire.run(now, sequence).changes === 1) return { kind: "over", state: "EXPIRED", now: true };
    const row = stateOf.get(sequence);
    const state = requestStatusOf(row);
    if (state === as && textOf(row, "digest") === digest) return { kind: "same" };
    if (state === "REPLY" || state === "REFUSED") return { kind: "different" };
    return { kind: "over", state, now: false };
  }

  function answer({ sequence, deviceKid, digest, response, now, endorses, rejects }: NewAnswer): SettleOutcome {
    if (byDevice.run("REPLY", now, deviceKid, sequence).changes === 0) {
      return refusal(sequence, deviceKid, "REPLY", digest, now);
    }
    insertAnswer.run(sequence, digest, now, JSON.stringify(response));
    if (endorses !== undefined) endorse(endorses, JSON.stringify(response), deviceKid);
    if (rejects !== undefined) strike(rejects.account, rejects.kid, now, rejects.rule);
    return { kind: "settled" };
  }

  /** About a pending device, or an active one's wanted profile: one of the two, and none where neither is what was asked. */
  function endorse({ account, kid, profile, accepted }: Endorses, response: string, by: string): void {
    const asked = JSON.stringify(profile);
    if (accepted) {
      letIn.run(asked, response, by, account, kid);
      letChange.run(response, by, account, kid, asked);
    } else {
      turnAway.run(account, kid);
      dropChange.run(account, kid, asked);
    }
  }

  function expireDue(now: number, limit: number): readonly Settled[] {
    return due
      .all(now, limit)
      .filter((row) => expire.run(now, integerOf(row, "seq")).changes === 1)
      .map((row) => ({ brokerId: textOf(row, "broker_id"), account: textOf(row, "account"), state: "EXPIRED" }));
  }

  return {
    answer: (given) => writes.run(() => answer(given)),
    refuse: ({ sequence, deviceKid, now }) =>
      writes.run(() =>
        byDevice.run("REFUSED", now, deviceKid, sequence).changes === 1
          ? { kind: "settled" }
          : refusal(sequence, deviceKid, "REFUSED", "", now),
      ),
    cancel: (sequence, now) =>
      writes.run(() => cancel.run(now, sequence).changes === 1 || expire.run(now, sequence).changes === 1),
    expire: (sequence, now) => writes.run(() => expire.run(now, sequence).changes === 1),
    // Looking first keeps an idle broker from writing every second.
    expireDue: (now, limit) =>
      due.get(now, 1) === undefined ? Promise.resolve([]) : writes.run(() => expireDue(now, limit)),
  };
}
