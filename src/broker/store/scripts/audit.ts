/** The audit log's upkeep: checkpoints, what is moved out, what is erased. Records themselves come with what they record. */
import type { AuditStore, Erased } from "../audit.ts";
import { type Engine, record, row, rows, run, type Script } from "../script.ts";
import { ERASED, integerOf, optionalIntegerOf } from "./parse-rows.ts";

type Upkeep = Pick<AuditStore, "addCheckpoint" | "moveBase" | "dropMoved" | "dropCheckpoints" | "eraseBodies">;

const MOVE = "UPDATE chains SET base_seq = ?1, base_hash = ?2, moved_at = ?3 WHERE chain = ?4 AND base_seq = ?5";
const DROP = `
  DELETE FROM audit WHERE chain = ?1 AND seq <= ?2 AND seq <= (SELECT min(seq) FROM audit WHERE chain = ?1) + ?3`;
const OVER = `
  SELECT max(seq) AS last FROM (
    SELECT seq FROM requests WHERE seq > ?1 AND state <> 'PENDING' AND settled < ?2 ORDER BY seq LIMIT ?3) AS over_ones`;
const OF_THESE = `
  seq > ?1 AND seq <= ?2 AND seq IN (
    SELECT seq FROM requests WHERE seq > ?1 AND seq <= ?2 AND state <> 'PENDING' AND settled < ?3)`;

function* dropMoved(limit: number): Script<boolean> {
  let isMore = false;
  for (const one of yield* rows("SELECT chain, base_seq FROM chains WHERE base_seq > 0")) {
    const dropped = yield* run(DROP, integerOf(one, "chain"), integerOf(one, "base_seq"), limit - 1);
    isMore ||= dropped > 0;
  }
  return isMore;
}

function* erase(before: number, after: number, limit: number, now: number): Script<Erased> {
  const last = optionalIntegerOf(yield* row(OVER, after, before, limit), "last");
  if (last === undefined) return { last, requests: 0, answers: 0 };
  const requests = yield* run(`DELETE FROM request_bodies WHERE ${OF_THESE}`, after, last, before);
  const update = `UPDATE answers SET response = '${ERASED}' WHERE response <> '${ERASED}' AND ${OF_THESE}`;
  const answers = yield* run(update, after, last, before);
  if (requests + answers > 0) yield* record({ event: "erased", at: now, request: last });
  return { last, requests, answers };
}

export function auditScripts({ write }: Engine): Upkeep {
  return {
    addCheckpoint: (created, checkpoint) =>
      write(function* () {
        yield* run(
          "INSERT INTO checkpoints (created, checkpoint) VALUES (?1, ?2)",
          created,
          JSON.stringify(checkpoint),
        );
      }),
    moveBase: (chain, from, { sequence, hash, movedAt }) =>
      write(function* () {
        return (yield* run(MOVE, sequence, hash, movedAt, chain, from)) === 1;
      }),
    dropMoved: (limit) => write(() => dropMoved(limit)),
    dropCheckpoints: (before) =>
      write(function* () {
        yield* run("DELETE FROM checkpoints WHERE id < ?1", before);
      }),
    eraseBodies: ({ before, after, limit, now }) => write(() => erase(before, after, limit, now)),
  };
}
