/** What the engines share of appending to a chain. */
import type { AuditEntry, AuditPlace, AuditRecord } from "./audit.ts";
import { nextRecord } from "./audit-hash.ts";
import type { Value } from "./script.ts";

/** A chain with nothing in it, by its random name. */
export const NEW_CHAIN = "INSERT INTO chains (writer) VALUES (?1) RETURNING chain";
/** Where a chain ends, be it at a record that was moved out, and what its first record has to say. */
export const HEAD = `
  SELECT c.writer, coalesce(a.seq, c.base_seq) AS seq, coalesce(a.hash, c.base_hash) AS hash,
    coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'audit_from'), 0) AS first
  FROM chains c LEFT JOIN audit a ON a.chain = c.chain AND a.seq = (SELECT max(seq) FROM audit WHERE chain = c.chain)
  WHERE c.chain = ?1`;
export const APPEND = `
  INSERT INTO audit (chain, seq, at, event, request, subject, kid, value, by_kid, hash)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`;

/** The values of `APPEND`. */
export function appended(chain: number, record: AuditRecord): readonly Value[] {
  const { sequence, at, event, request, subject, kid, value, by, hash } = record;
  return [chain, sequence, at, event, request, subject, kid, value, by, hash];
}

/**
 * The records that an entry makes: one, and before the first of a chain another that says that it begins.
 *
 * @param first - the last request that was there before the store had a log
 */
export function recordsFor(head: AuditPlace, first: number, entry: AuditEntry): readonly AuditRecord[] {
  if (head.sequence > 0) return [nextRecord(head, entry)];
  const began = nextRecord(head, { event: "began", at: entry.at, request: first });
  return [began, nextRecord({ ...head, ...began }, entry)];
}

/** Where a record stands in the chain of this head. */
export function placeOf({ writer }: AuditPlace, { sequence, hash }: AuditRecord): AuditPlace {
  return { writer, sequence, hash };
}
