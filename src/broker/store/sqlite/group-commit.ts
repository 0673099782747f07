/**
 * Writes that arrive together share one transaction and one sync to disk: those of one turn of the event loop, and of
 * the next few while more keep coming; one alone waits for a turn that brings none, which takes no time. A write
 * resolves only after COMMIT returned. One that throws spoils no other: the batch is rolled back and each write runs
 * again in a transaction of its own, so a write must have no effect outside the database.
 */
import type Database from "libsql";
import { StoreError } from "../errors.ts";
import { asStoreError } from "./sqlite-error.ts";

interface QueuedWrite {
  readonly attempt: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** More than this in one transaction would make the first of them wait too long. */
const MOST_IN_ONE = 256;
/** The broker takes on fewer calls than that: what queues up beyond is a defect, or a disk that stands still. */
export const MOST_QUEUED = 4096;
/** Verified signatures come back from other threads one by one; after so many turns a batch is large enough. */
const MOST_TURNS = 4;

export class GroupCommit {
  readonly #database: Database.Database;
  readonly #begun: () => void;
  readonly #queue: QueuedWrite[] = [];
  #scheduled = false;
  /** For how many turns the batch has been gathered, and how long it was at the last. */
  #turns = 0;
  #length = 0;
  #closed = false;

  /** @param begun - called when a transaction has the file to itself */
  constructor(database: Database.Database, begun: () => void = () => undefined) {
    this.#database = database;
    this.#begun = begun;
  }

  /**
   * Runs `write` inside a transaction.
   *
   * @throws StoreError `busy`, `failed`, `closed`; then nothing of it is kept
   */
  run<T>(write: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError("closed", "The store is closed."));
    if (this.#queue.length >= MOST_QUEUED) return Promise.reject(new StoreError("busy", "Too many writes wait."));
    return new Promise((resolve, reject) => {
      let result: { readonly value: T } | undefined;
      this.#queue.push({
        attempt: () => (result = { value: write() }),
        resolve: () => {
          if (result !== undefined) resolve(result.value);
        },
        reject,
      });
      if (!this.#scheduled) {
        this.#scheduled = true;
        setImmediate(() => this.#gather());
      }
    });
  }

  /** Commits what is queued and takes no more. */
  close(): void {
    this.#closed = true;
    while (this.#queue.length > 0) this.#flush();
  }

  #gather(): void {
    const isGrowing = this.#queue.length > this.#length && this.#turns < MOST_TURNS;
    this.#length = this.#queue.length;
    this.#turns += 1;
    if (isGrowing) setImmediate(() => this.#gather());
    else this.#flush();
  }

  #flush(): void {
    const batch = this.#queue.splice(0, MOST_IN_ONE);
    this.#turns = 0;
    this.#length = 0;
    this.#scheduled = this.#queue.length > 0;
    if (this.#scheduled) setImmediate(() => this.#gather());
    if (batch.length > 0 && !this.#commit(batch)) for (const write of batch) this.#commit([write]);
  }

  /** False where a write threw and others may still be good: then nothing was kept, and nobody was told anything. */
  #commit(batch: readonly QueuedWrite[]): boolean {
    let attempting = false;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      this.#begun();
      attempting = true;
      for (const write of batch) write.attempt();
      attempting = false;
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#rollback();
      if (attempting && batch.length > 1) return false;
      for (const write of batch) write.reject(asStoreError(error));
      return true;
    }
    for (const write of batch) write.resolve();
    return true;
  }

  #rollback(): void {
    try {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
    } catch {
      // The engine rolled back by itself, which it does when the disk is full; the first error says why.
    }
  }
}
