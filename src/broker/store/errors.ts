/** What can go wrong in a store, whatever its engine. Nothing of a refused write is kept. */
export type StoreErrorCode =
  /** Another process kept the store locked for too long. */
  | "busy"
  /** Another broker serves from this store, which has one at a time. */
  | "in_use"
  /** The engine cannot be reached now. Nobody knows whether a write under way was kept. */
  | "unavailable"
  /** There is no room for another write; reading goes on. Nothing is lost, and it goes on by itself when there is room. */
  | "full"
  /** What is stored is not what was written. Only a backup helps. */
  | "damaged"
  /** The store was written by a newer version of this program. */
  | "newer_schema"
  /** What is there is not a store of this broker. */
  | "not_a_store"
  /** No engine for this kind of address. */
  | "unsupported"
  /** The store was closed. */
  | "closed"
  /** The engine failed: file unreadable, or a defect. */
  | "failed";

/** A store that cannot do what it was asked. `message` is for the operator, never for a caller. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What to do about a store that is not what was written. */
export const RESTORE =
  'Keep it as it is, and put a backup in its place: docs/broker.md, "When the file is damaged", says how.';

/** A store that holds something else than what was written to it, and what to do. */
export function damagedStore(what: string, cause?: unknown): StoreError {
  return new StoreError("damaged", `${what}: the store is damaged. ${RESTORE}`, cause);
}

const PASSING: ReadonlySet<StoreErrorCode> = new Set(["busy", "unavailable", "full"]);

/** Whether the store may well do later what it could not do now. */
export function isPassing(error: unknown): boolean {
  return error instanceof StoreError && PASSING.has(error.code);
}

export function isFull(error: unknown): boolean {
  return error instanceof StoreError && error.code === "full";
}
