/**
 * A bounded amount of memory for what others make the broker hold: bodies that are still coming, answers and frames that are
 * not taken. Where it is used up, and when a part was held too long, whoever has held one longest is cut off: an honest
 * caller is done in no time.
 */
export interface Part {
  /** Holds so many bytes more. */
  readonly add: (bytes: number) => void;
  /** Gives everything back. Harmless twice. */
  readonly leave: () => void;
}

interface Held {
  bytes: number;
  readonly since: number;
  readonly cut: () => void;
}

export interface RoomOptions {
  readonly bytes: number;
  /** How long a part may be held, in milliseconds. */
  readonly longestMs: number;
  readonly onFull: () => void;
}

export class Room {
  readonly #options: RoomOptions;
  /** In the order in which they came. */
  readonly #parts = new Set<Held>();
  #bytes = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /** @param cut - cuts its holder off; it may not be called before this returns */
  take(bytes: number, cut: () => void): Part {
    const part: Held = { bytes: 0, since: performance.now(), cut };
    this.#parts.add(part);
    this.#add(part, bytes);
    return { add: (more) => this.#add(part, more), leave: () => this.#leave(part) };
  }

  /** Cuts off who held a part for too long; called now and then. */
  look(): void {
    const before = performance.now() - this.#options.longestMs;
    for (const part of this.#parts) {
      if (part.since > before) break;
      this.#cut(part);
    }
  }

  #add(part: Held, bytes: number): void {
    if (!this.#parts.has(part)) return;
    part.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes <= this.#options.bytes) return;
    for (const oldest of this.#parts) {
      if (this.#bytes <= this.#options.bytes) break;
      this.#options.onFull();
      this.#cut(oldest);
    }
  }

  #leave(part: Held): void {
    if (this.#parts.delete(part)) this.#bytes -= part.bytes;
  }

  #cut(part: Held): void {
    this.#leave(part);
    queueMicrotask(part.cut);
  }
}
