/** Counts wrong passwords: after five within five minutes nobody may try that name from that address for a while. */

const MOST = 5;
const WINDOW_MS = 5 * 60_000;
/** So that made-up names cannot fill the memory. */
const MOST_KEYS = 10_000;

export class LoginLimit {
  readonly #clock: () => number;
  readonly #failures = new Map<string, readonly number[]>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Counts an attempt before its password is looked at, so that many at once are counted too.
   *
   * @param key the name and the address
   * @returns milliseconds until the next attempt, 0 where this one may go on
   */
  attempt(key: string): number {
    const now = this.#clock();
    const recent = (this.#failures.get(key) ?? []).filter((time) => now - time < WINDOW_MS);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= MOST) return oldest + WINDOW_MS - now;
    this.#failures.delete(key);
    this.#failures.set(key, [...recent, now]);
    const [longestIdle] = this.#failures.keys();
    if (this.#failures.size > MOST_KEYS && longestIdle !== undefined) this.#failures.delete(longestIdle);
    return 0;
  }

  /** The password was right: what came before is forgotten. */
  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
