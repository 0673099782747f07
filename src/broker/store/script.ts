/**
 * What a store does, written once for every engine: a script yields statements and is handed their results, and an
 * engine runs it, at once or over a network. A script that writes runs in one transaction and has no effect outside the
 * database, because an engine may run it again. Statements number their values (`?1`) and speak the SQL that the engines
 * share.
 */
import type { AuditEntry, AuditPlace } from "./audit.ts";
import { StoreError } from "./errors.ts";

export type Value = string | number | null;

export type Step =
  /** Rows; `row` is content with the first; `claim` takes those that no other transaction is about to change, and keeps others from it. */
  | { readonly kind: "row" | "rows" | "claim"; readonly sql: string; readonly values: readonly Value[] }
  /** How many rows it changed. */
  | { readonly kind: "run"; readonly sql: string; readonly values: readonly Value[] }
  /** The same, where the script goes on without knowing; a failure fails the transaction. */
  | { readonly kind: "put"; readonly sql: string; readonly values: readonly Value[] }
  /** No other transaction that names this account, or the account of this request, goes on before this one has ended. */
  | { readonly kind: "lock"; readonly account: string }
  | { readonly kind: "lockOf"; readonly sequence: number }
  /** Goes into the audit log with the rest of the transaction. */
  | { readonly kind: "record"; readonly entry: AuditEntry }
  /** Other processes are told that something of this account changed, or of all. */
  | { readonly kind: "tell"; readonly account: string | undefined };

/** What became of a step; of a record, its place. */
export interface Done {
  readonly rows: readonly unknown[];
  readonly changes: number;
  readonly place?: AuditPlace;
}

export type Script<T> = Generator<Step, T, Done>;

/** What an engine gives to the scripts. */
export interface Engine {
  /** Runs a script of one statement that only reads. */
  readonly read: <T>(script: () => Script<T>) => Promise<T>;
  /** Runs a script in a transaction; resolves when it is durable. @throws StoreError */
  readonly write: <T>(script: () => Script<T>) => Promise<T>;
  /**
   * The same of a script that is short, and that many may ask for at once: it may share the transaction with others. Those
   * of one account are kept apart if they name it by their first step; else a single statement has to decide.
   */
  readonly share: <T>(script: () => Script<T>) => Promise<T>;
}

export function* rows(sql: string, ...values: readonly Value[]): Script<readonly unknown[]> {
  return (yield { kind: "rows", sql, values }).rows;
}

/** The first row. */
export function* row(sql: string, ...values: readonly Value[]): Script<unknown> {
  return (yield { kind: "row", sql, values }).rows[0];
}

export function* claim(sql: string, ...values: readonly Value[]): Script<readonly unknown[]> {
  return (yield { kind: "claim", sql, values }).rows;
}

export function* run(sql: string, ...values: readonly Value[]): Script<number> {
  return (yield { kind: "run", sql, values }).changes;
}

export function* put(sql: string, ...values: readonly Value[]): Script<void> {
  yield { kind: "put", sql, values };
}

export function* lock(account: string): Script<void> {
  yield { kind: "lock", account };
}

export function* lockOf(sequence: number): Script<void> {
  yield { kind: "lockOf", sequence };
}

/** Records what this transaction does, once it is known that it does it. @returns where that stands */
export function* record(entry: AuditEntry): Script<AuditPlace> {
  const { place } = yield { kind: "record", entry };
  if (place === undefined) throw new StoreError("failed", "A record is written in a transaction alone.");
  return place;
}

export function* tell(account?: string): Script<void> {
  yield { kind: "tell", account };
}
