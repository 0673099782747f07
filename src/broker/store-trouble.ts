/**
 * What the log is told of a store that cannot be used: once that it cannot and why, and once that it can be again. It
 * counts as well when for some time nobody was refused, because a full disk still takes this write and not that one.
 */
import type { Log } from "./log.ts";
import { isPassing, StoreError } from "./store/index.ts";

const QUIET_MS = 3000;

export class StoreTrouble {
  readonly #log: Log;
  /** Why it could not be used when that was last said; empty while it can be. */
  #said = "";
  #isFull = false;
  /** When it last failed; this clock does not jump. */
  #failed = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether only writes fail, so that reading tells nothing of whether it is over. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** @returns whether the error is one that passes, and so has been seen to */
  note(error: unknown): boolean {
    if (!(error instanceof StoreError) || !isPassing(error)) return false;
    this.#failed = performance.now();
    if (this.#said !== error.message) this.#log.write({ event: "store", detail: error.message });
    this.#said = error.message;
    this.#isFull = error.code === "full";
    return true;
  }

  /** The store was used and did what it should; written to, if it was full. */
  worked(): void {
    if (this.#said === "" || performance.now() - this.#failed < QUIET_MS) return;
    this.#log.write({ event: "store", detail: "The store can be used again." });
    this.#said = "";
    this.#isFull = false;
  }
}
