/** The `jti` of authenticated calls in PostgreSQL. Several processes forget at once, each what the others have not taken. */
import { type Engine, row, run, type Script } from "../script.ts";
import { integerOf } from "../scripts/parse-rows.ts";
import type { CallStore } from "../store.ts";

/** How many rows one sweep forgets: a long delete would hold up what is behind it. */
const SWEEP = 2000;

const DUE = `
  SELECT CASE WHEN EXISTS (SELECT 1 FROM calls WHERE until < ?1) OR EXISTS (SELECT 1 FROM codes WHERE expires < ?1)
    THEN 1 ELSE 0 END AS due`;
const FORGET = [
  `DELETE FROM calls WHERE (kid, jti) IN (
    SELECT kid, jti FROM calls WHERE until < ?1 ORDER BY until LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED)`,
  `DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE expires < ?1 LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED)`,
];

function* claimCall(kid: string, jti: string, until: number): Script<boolean> {
  const insert = "INSERT INTO calls (kid, jti, until) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
  return (yield* run(insert, kid, jti, until)) === 1;
}

export function postgresCalls({ read, writeOne }: Engine): CallStore {
  return {
    claimCall: ({ kid, jti, until }) => writeOne(() => claimCall(kid, jti, until)),
    forget: async (now) => {
      if (integerOf(await read(() => row(DUE, now)), "due") === 0) return;
      for (const forget of FORGET) await writeOne(() => run(forget, now));
    },
  };
}
