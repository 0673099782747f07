/**
 * Calls that only read, while the store has no room to remember them: then this process does, so that devices still see
 * what waits for them. Such a call made again at another process would be answered, with what its caller was told.
 */
import type { Call } from "./store/index.ts";

const MOST = 20_000;

export class SeenCalls {
  readonly #clock: () => number;
  /** Until when each is remembered, in the order in which they came. */
  readonly #seen = new Map<string, number>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  has(call: Call): boolean {
    return this.#seen.has(nameOf(call));
  }

  /** False where it came meanwhile, or there is no room here either. */
  add(call: Call): boolean {
    this.#forget();
    if (this.has(call) || this.#seen.size >= MOST) return false;
    this.#seen.set(nameOf(call), call.until);
    return true;
  }

  #forget(): void {
    const now = this.#clock();
    for (const [name, until] of this.#seen) {
      if (until >= now) return;
      this.#seen.delete(name);
    }
  }
}

function nameOf({ kid, jti }: Call): string {
  return `${kid} ${jti}`;
}
