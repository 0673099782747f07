/**
 * Writes that arrive together share one transaction and one sync to disk: those of one turn of the event loop, of the
 * next few while more keep coming, and all that come while the disk works; one alone waits for a turn that brings none,
 * which takes no time. A write resolves only after the sync that followed its COMMIT. One that throws spoils no other: the
 * batch is rolled back and each write runs again in a transaction of its own, so a write must have no effect outside the
 * database.
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

/** What a transaction goes through. */
export interface Stages {
  /** It has the file to itself. */
  readonly begun?: () => void;
  /** It was committed: resolves when that is on disk. */
  readonly sync: () => Promise<void>;
}

export class GroupCommit {
  readonly #database: Database.Database;
  readonly #stages: Stages;
  readonly #queue: QueuedWrite[] = [];
  #scheduled = false;
  /** For how many turns the batch has been gathered, and how long it was at the last. */
  #turns = 0;
  #length = 0;
  #closed = false;
  #syncing: Promise<void> | undefined;

  constructor(database: Database.Database, stages: Stages) {
    this.#database = database;
    this.#stages = stages;
  }

  /**
   * What is committed and perhaps not on disk yet: who tells anybody what the file says waits for it. Rejected for good where
   * the disk failed, because nobody knows what of the file is on it.
   *
   * @throws StoreError `unavailable`
   */
  get syncing(): Promise<void> | undefined {
    return this.#syncing;
  }

  /**
   * Runs `write` inside a transaction.
   *
   * @throws StoreError `busy`, `full`, `failed`, `closed`, and then nothing of it is kept; `unavailable`, and nobody knows
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
      this.#schedule();
    });
  }

  /** Takes no more; resolves when what is queued is on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#queue.length > 0 || this.#syncing !== undefined) {
      const isBroken = await this.#syncing?.then(
        () => false,
        () => true,
      );
      if (isBroken === true) return;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    if (this.#syncing === undefined) setImmediate(() => this.#gather());
    else {
      this.#syncing.then(
        () => this.#gather(),
        (error: unknown) => this.#refuseAll(error),
      );
    }
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
    this.#scheduled = false;
    if (batch.length > 0) {
      const committed = this.#commit(batch) ?? batch.flatMap((write) => this.#commit([write]) ?? []);
      if (committed.length > 0) this.#bringToDisk(committed);
    }
    this.#schedule();
  }

  /** Those that were committed. Undefined where one threw and others may still be good: nothing was kept, nobody was told. */
  #commit(batch: readonly QueuedWrite[]): readonly QueuedWrite[] | undefined {
    let attempting = false;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      this.#stages.begun?.();
      attempting = true;
      for (const write of batch) write.attempt();
      attempting = false;
      this.#database.exec("COMMIT");
      return batch;
    } catch (error) {
      this.#rollback();
      if (attempting && batch.length > 1) return undefined;
      for (const write of batch) write.reject(asStoreError(error));
      return [];
    }
  }

  #bringToDisk(committed: readonly QueuedWrite[]): void {
    this.#syncing = this.#stages.sync().then(
      () => {
        this.#syncing = undefined;
        for (const write of committed) write.resolve();
      },
      (cause: unknown) => {
        const error = failedSync(cause);
        for (const write of committed) write.reject(error);
        throw error;
      },
    );
    // Who asks for it is told; that nobody does is no defect.
    this.#syncing.catch(() => undefined);
  }

  #refuseAll(error: unknown): void {
    this.#scheduled = false;
    for (const write of this.#queue.splice(0)) write.reject(error);
  }

  #rollback(): void {
    try {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
    } catch {
      // The engine rolled back by itself, which it does when the disk is full; the first error says why.
    }
  }
}

/** The system may have forgotten what it could not write, so a second sync that succeeds would prove nothing. */
function failedSync(cause: unknown): StoreError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new StoreError(
    "unavailable",
    `The disk did not take what was written${code}. Look at the disk, then start the broker again: it keeps what the disk has.`,
    cause,
  );
}
