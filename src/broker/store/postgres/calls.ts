/** The `jti` of authenticated calls in PostgreSQL. Several processes forget at once, each what the others have not taken. */
import { type Engine, row, run, type Script } from "../script.ts";
import { CLAIM, DUE, MARK } from "../scripts/calls.ts";
import { integerOf } from "../scripts/parse-rows.ts";
import type { CallStore } from "../store.ts";

/** How many rows one sweep forgets: a long delete would hold up what is behind it. */
const SWEEP = 2000;

const FORGET = [
  MARK,
  `DELETE FROM calls WHERE (kid, jti) IN (
    SELECT kid, jti FROM calls WHERE until < ?1 AND kid <> '' ORDER BY until LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED)`,
  `DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE expires < ?1 LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED)`,
];

function* claimCall(kid: string, jti: string, until: number): Script<boolean> {
  return (yield* run(CLAIM, kid, jti, until)) === 1;
}

export function postgresCalls({ read, write, share }: Engine): CallStore {
  return {
    claimCall: ({ kid, jti, until }) => share(() => claimCall(kid, jti, until)),
    forget: async (now) => {
      if (integerOf(await read(() => row(DUE, now)), "due") === 0) return false;
      for (const forget of FORGET) await write(() => run(forget, now));
      return true;
    },
  };
}
