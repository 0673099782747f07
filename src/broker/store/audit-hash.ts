/** The hashes of the audit log. Each begins with what it is a hash of, so that none can stand for another. */
import { hash, randomBytes } from "node:crypto";
import type { AuditEntry, AuditPlace, AuditRecord } from "./audit.ts";

const sha256 = (text: string): string => hash("sha256", text, "base64url");

/**
 * The hash of a record: SHA-256 over a line that says so, and a JSON array of the rest on one line, in which nothing can
 * run into its neighbour.
 *
 * @param before - the hash of the record before it; empty for the first
 */
export function recordHash(writer: string, before: string, record: Omit<AuditRecord, "hash">): string {
  const { sequence, at, event, request, subject, kid, value, by } = record;
  const said = [writer, sequence, before, at, event, request, subject, kid, value, by];
  return sha256(`confirm-audit-record\n${JSON.stringify(said)}`);
}

/** The record that follows a head. */
export function nextRecord({ writer, sequence, hash }: AuditPlace, entry: AuditEntry): AuditRecord {
  const { event, at, request = 0, subject = "", kid = "", value = "", by = "" } = entry;
  const record = { sequence: sequence + 1, at, event, request, subject, kid, value, by };
  return { hash: recordHash(writer, hash, record), ...record };
}

/** An account as records tell it: whoever lacks its salt, which goes with it, cannot find out which one it was. */
export function accountHash(salt: string, account: string): string {
  return sha256(`confirm-audit-account\n${JSON.stringify([salt, account])}`);
}

/** What an owner decided; salted too, since one could guess whom he blocked. */
export function policyHash(salt: string, lists: readonly unknown[]): string {
  return sha256(`confirm-audit-policy\n${JSON.stringify([salt, ...lists])}`);
}

/** What was signed, as the column has it. */
export function signedHash(json: string): string {
  return sha256(`confirm-audit-signed\n${json}`);
}

/** A name that no other has: of a chain, or the salt of an account. */
export const randomName = (): string => randomBytes(16).toString("base64url");
