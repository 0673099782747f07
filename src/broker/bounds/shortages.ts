/** What the broker has too little of: told in the log when it begins and when it is over, and not for each call. */
import type { Log } from "../log.ts";

const SENTENCES = {
  calls: "More calls come than can be answered: some get 503.",
  waits: "Too many calls wait for news: further ones are answered at once.",
  sockets: "Too many sockets are open: idle ones are closed.",
  channels: "Too many push channels are open: further ones get 503.",
  memory: "Too much waits to be read or sent: who is slowest is cut off.",
} as const;

export type Shortage = keyof typeof SENTENCES;

/** One that did not happen for so long is over. */
const OVER_MS = 10_000;

interface Running {
  count: number;
  /** When it happened last; milliseconds on a clock that only counts. */
  last: number;
}

export class Shortages {
  readonly #log: Log;
  readonly #running = new Map<Shortage, Running>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** It happened, once more. */
  note(shortage: Shortage): void {
    const running = this.#running.get(shortage);
    const last = performance.now();
    if (running === undefined) {
      this.#running.set(shortage, { count: 1, last });
      this.#log.write({ event: "shortage", of: shortage, detail: SENTENCES[shortage] });
      return;
    }
    running.count += 1;
    running.last = last;
  }

  /** Looks what is over; called now and then. */
  look(): void {
    const before = performance.now() - OVER_MS;
    for (const [shortage, { count, last }] of this.#running) {
      if (last > before) continue;
      this.#running.delete(shortage);
      this.#log.write({ event: "shortage", of: shortage, detail: `It is over, after ${count} times.` });
    }
  }
}
