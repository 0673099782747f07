/** The `jti` of authenticated calls in SQLite, kept until the call would be stale anyway. */
import type Database from "libsql";
import { CLAIM, DUE, MARK } from "../scripts/calls.ts";
import type { CallStore } from "../store.ts";
import type { GroupCommit } from "./group-commit.ts";

/** How many rows one sweep forgets: a long delete would hold up the writes behind it. */
const SWEEP = 2000;

export function sqliteCalls(database: Database.Database, writes: GroupCommit): CallStore {
  const claim = database.prepare(CLAIM);
  const overdue = database.prepare(DUE).raw();
  const mark = database.prepare(MARK);
  const forgetCalls = database.prepare(
    `DELETE FROM calls WHERE (kid, jti) IN (
      SELECT kid, jti FROM calls WHERE until < ? AND kid <> '' ORDER BY until LIMIT ${SWEEP})`,
  );
  const forgetCodes = database.prepare(
    `DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE expires < ? LIMIT ${SWEEP})`,
  );

  return {
    claimCall: ({ kid, jti, until }) => writes.run(() => claim.run([kid, jti, until]).changes === 1),
    forget: async (now) => {
      // Not `get`, which asks with the values of before where it failed.
      const [row] = overdue.all(now);
      if (Array.isArray(row) && row[0] === 0) return false;
      await writes.run(() => {
        mark.run(now);
        forgetCalls.run(now);
        forgetCodes.run(now);
      });
      return true;
    },
  };
}
