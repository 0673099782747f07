/** Reading the audit log, and what its records are held against. Every page is found by a primary key. */
import { AUDIT_EVENTS, type AuditedRequest, type AuditReader, type AuditRecord } from "../audit.ts";
import { StoreError } from "../errors.ts";
import { type Engine, row, rows } from "../script.ts";
import {
  answerOf,
  deviceStateOf,
  ERASED,
  flattenedJwsOf,
  integerOf,
  jwsOrJweOf,
  optionalIntegerOf,
  optionalTextOf,
  requestStatusOf,
  textOf,
} from "./parse-rows.ts";

/** How many requests are looked up at once. */
export const MOST_LOOKED_UP = 200;

const RECORDS = `
  SELECT seq, at, event, request, subject, kid, value, by_kid, hash
  FROM audit WHERE chain = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3`;
const HEADS = `
  SELECT c.writer, a.seq, a.hash FROM chains c
  JOIN audit a ON a.chain = c.chain AND a.seq = (SELECT max(seq) FROM audit WHERE chain = c.chain)
  UNION ALL
  SELECT writer, base_seq, base_hash FROM chains c
  WHERE base_seq > 0 AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.chain = c.chain)
  ORDER BY writer`;
const COLUMNS = `
  r.seq, r.digest, signer_kid, r.received, state, settled, settled_by, a.digest AS answer_digest,
  a.received AS answer_received, audit_writer, audit_seq, audit_hash, stamp_kid, stamp, stamp_sum`;
const LOOK_UP = `
  SELECT ${COLUMNS} FROM requests r LEFT JOIN answers a ON a.seq = r.seq
  WHERE r.seq IN (${Array.from({ length: MOST_LOOKED_UP }, (_, index) => `?${index + 1}`).join(", ")})`;
const BODIES = `
  SELECT ${COLUMNS}, request, response
  FROM requests r LEFT JOIN answers a ON a.seq = r.seq LEFT JOIN request_bodies b ON b.seq = r.seq
  WHERE r.seq > ?1 ORDER BY r.seq LIMIT ?2`;
const DEVICES = `
  SELECT d.account, coalesce(salt, '') AS salt, kid, state, d.created FROM devices d LEFT JOIN accounts a ON a.account = d.account
  WHERE d.account > ?1 OR (d.account = ?1 AND kid > ?2) ORDER BY d.account, kid LIMIT ?3`;
const CHECKPOINTS = "SELECT id, created, checkpoint FROM checkpoints";

function recordOf(row: unknown): AuditRecord {
  const named = textOf(row, "event");
  const event = AUDIT_EVENTS.find((one) => one === named);
  if (event === undefined)
    throw new StoreError("failed", "The audit log has an event that this program does not know.");
  return {
    sequence: integerOf(row, "seq"),
    at: integerOf(row, "at"),
    event,
    request: integerOf(row, "request"),
    subject: textOf(row, "subject"),
    kid: textOf(row, "kid"),
    value: textOf(row, "value"),
    by: textOf(row, "by_kid"),
    hash: textOf(row, "hash"),
  };
}

function auditedOf(row: unknown): AuditedRequest {
  return {
    sequence: integerOf(row, "seq"),
    digest: textOf(row, "digest"),
    signerKid: textOf(row, "signer_kid"),
    received: integerOf(row, "received"),
    state: requestStatusOf(row),
    settled: optionalIntegerOf(row, "settled"),
    settledBy: optionalTextOf(row, "settled_by"),
    answer: answerOf(row),
  };
}

function checkpointOf(row: unknown): { id: number; created: number; checkpoint: ReturnType<typeof flattenedJwsOf> } {
  return {
    id: integerOf(row, "id"),
    created: integerOf(row, "created"),
    checkpoint: flattenedJwsOf(row, "checkpoint"),
  };
}

const bodyOf = (row: unknown, name: string) =>
  (optionalTextOf(row, name) ?? ERASED) === ERASED ? undefined : jwsOrJweOf(row, name);

export function auditReadingScripts({ read }: Pick<Engine, "read">): AuditReader {
  return {
    auditFrom: () =>
      read(function* () {
        const found = yield* row("SELECT value FROM meta WHERE name = 'audit_from'");
        return found === undefined ? 0 : Number(textOf(found, "value"));
      }),
    auditChains: () =>
      read(function* () {
        const found = yield* rows("SELECT chain, writer, base_seq, base_hash, moved_at FROM chains ORDER BY chain");
        return found.map((one) => ({
          chain: integerOf(one, "chain"),
          writer: textOf(one, "writer"),
          base: { sequence: integerOf(one, "base_seq"), hash: textOf(one, "base_hash") },
          movedAt: integerOf(one, "moved_at"),
        }));
      }),
    auditHeads: () =>
      read(function* () {
        return (yield* rows(HEADS)).map((one) => ({
          writer: textOf(one, "writer"),
          sequence: integerOf(one, "seq"),
          hash: textOf(one, "hash"),
        }));
      }),
    auditRecords: (chain, after, limit) =>
      read(function* () {
        return (yield* rows(RECORDS, chain, after, limit)).map(recordOf);
      }),
    auditHash: (chain, sequence) =>
      read(function* () {
        const found = yield* row("SELECT hash FROM audit WHERE chain = ?1 AND seq = ?2", chain, sequence);
        return found === undefined ? undefined : textOf(found, "hash");
      }),
    checkpoints: (after, limit) =>
      read(function* () {
        return (yield* rows(`${CHECKPOINTS} WHERE id > ?1 ORDER BY id LIMIT ?2`, after, limit)).map(checkpointOf);
      }),
    newestCheckpoint: () =>
      read(function* () {
        const found = yield* row(`${CHECKPOINTS} ORDER BY id DESC LIMIT 1`);
        return found === undefined ? undefined : checkpointOf(found);
      }),
    auditedRequests: (sequences) =>
      read(function* () {
        const padded = Array.from({ length: MOST_LOOKED_UP }, (_, index) => sequences[index] ?? 0);
        return (yield* rows(LOOK_UP, ...padded)).map(auditedOf);
      }),
    auditedBodies: (after, limit) =>
      read(function* () {
        const found = yield* rows(BODIES, after, limit);
        return found.map((one) => ({
          ...auditedOf(one),
          request: bodyOf(one, "request"),
          response: bodyOf(one, "response"),
        }));
      }),
    auditedDevices: (account, kid, limit) =>
      read(function* () {
        return (yield* rows(DEVICES, account, kid, limit)).map((one) => ({
          account: textOf(one, "account"),
          salt: textOf(one, "salt"),
          kid: textOf(one, "kid"),
          state: deviceStateOf(one),
          created: integerOf(one, "created"),
        }));
      }),
  };
}
