/**
 * Calls that come together go to the server together: one batch is under way, and what comes meanwhile is the next. One
 * alone does not wait. A batch that is held up, by another's lock or a slow line, keeps the next ones only for a moment.
 */
import { StoreError } from "../errors.ts";

/** What may be gathered: at most one of a key is in a batch, the others keep their turn. */
export interface Keyed {
  readonly key: string | undefined;
}

/** The broker takes on fewer calls than that. */
export const MOST_GATHERED = 4096;
/** More at once would make the first of them wait too long. */
const MOST_IN_ONE = 64;
const HELD_UP_MS = 50;

export class Gathering<T extends Keyed> {
  readonly #perform: (batch: readonly T[]) => Promise<void>;
  #queue: T[] = [];
  /** A batch is under way and not held up, or about to be made. */
  #isBusy = false;
  #underWay = 0;
  #closed = false;
  #idle: () => void = () => undefined;

  /** @param perform - does what is to be done with a batch; never rejects */
  constructor(perform: (batch: readonly T[]) => Promise<void>) {
    this.#perform = perform;
  }

  /** @throws StoreError `busy`, `closed` */
  add(one: T): void {
    if (this.#closed) throw new StoreError("closed", "The store is closed.");
    if (this.#queue.length >= MOST_GATHERED) throw new StoreError("busy", "PostgreSQL cannot keep up.");
    this.#queue.push(one);
    this.#next();
  }

  /** Waits for what was added and takes no more. */
  close(): Promise<void> {
    this.#closed = true;
    return new Promise((resolve) => {
      this.#idle = resolve;
      this.#rest();
    });
  }

  #next(): void {
    if (this.#isBusy || this.#queue.length === 0) return;
    this.#isBusy = true;
    setImmediate(() => void this.#go());
  }

  async #go(): Promise<void> {
    const batch = this.#take();
    // Whoever says first that the next one may go: the clock, or this one's end.
    let makeWay: () => void = () => {
      this.#isBusy = false;
      makeWay = () => undefined;
      this.#next();
    };
    const heldUp = setTimeout(() => makeWay(), HELD_UP_MS);
    this.#underWay += 1;
    await this.#perform(batch);
    this.#underWay -= 1;
    clearTimeout(heldUp);
    makeWay();
    this.#rest();
  }

  #take(): readonly T[] {
    const keys = new Set<string>();
    const batch: T[] = [];
    const left: T[] = [];
    for (const one of this.#queue) {
      const isFree = batch.length < MOST_IN_ONE && (one.key === undefined || !keys.has(one.key));
      (isFree ? batch : left).push(one);
      if (isFree && one.key !== undefined) keys.add(one.key);
    }
    this.#queue = left;
    return batch;
  }

  #rest(): void {
    if (this.#underWay === 0 && this.#queue.length === 0) this.#idle();
  }
}
