/**
 * Token buckets by name, such as one for each address; how many there are is bounded. Processes that share a store tell each
 * other what they took, so a bucket may owe tokens: what several gave at the same time is waited for afterwards.
 */
import type { BucketRule } from "./policy.ts";

interface Bucket {
  tokens: number;
  /** When `tokens` was right; milliseconds since 1970. */
  at: number;
  /** How many were taken here of which the other processes do not know. */
  untold: number;
}

/** A bucket that nobody touched for long is full again, so the one forgotten first loses nothing. */
const MOST_BUCKETS = 20_000;
/** A bucket is told of when a sixteenth of it was taken: most callers never come so far. */
const TOLD_PARTS = 16;

export class TokenBuckets {
  readonly #rule: BucketRule;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #toTell = new Set<string>();

  constructor(rule: BucketRule, clock: () => number) {
    this.#rule = rule;
    this.#clock = clock;
  }

  /**
   * Takes a token.
   *
   * @returns 0, or after how many seconds there will be one
   */
  take(name: string): number {
    const bucket = this.#current(name);
    if (bucket.tokens < 1) return this.#seconds(bucket);
    this.#spend(name, bucket);
    return 0;
  }

  /** Takes a token that is owed where there is none. */
  spend(name: string): void {
    this.#spend(name, this.#current(name));
  }

  /** Another process took so many. */
  drain(name: string, count: number): void {
    this.#current(name).tokens -= count;
  }

  /** Whether there is something to tell. */
  get hasNews(): boolean {
    return this.#toTell.size > 0;
  }

  /** What the other processes are to be told, of so many names at most; from now on they know. */
  news(most: number): readonly (readonly [name: string, count: number])[] {
    return [...this.#toTell].slice(0, most).flatMap((name) => {
      this.#toTell.delete(name);
      const bucket = this.#buckets.get(name);
      if (bucket === undefined) return [];
      const { untold } = bucket;
      bucket.untold = 0;
      return [[name, untold] as const];
    });
  }

  /** What {@link take} would return, without taking. */
  look(name: string): number {
    const bucket = this.#current(name);
    return bucket.tokens < 1 ? this.#seconds(bucket) : 0;
  }

  #spend(name: string, bucket: Bucket): void {
    bucket.tokens -= 1;
    bucket.untold += 1;
    if (bucket.untold * TOLD_PARTS >= this.#rule.burst) this.#toTell.add(name);
  }

  #seconds({ tokens }: Bucket): number {
    const { perSecond } = this.#rule;
    return perSecond === 0 ? 3600 : Math.min(3600, Math.max(1, Math.ceil((1 - tokens) / perSecond)));
  }

  #current(name: string): Bucket {
    const { perSecond, burst } = this.#rule;
    const now = this.#clock();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, at: now, untold: 0 };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    // The map keeps the order of insertion: what is used moves to its end.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const oldest = this.#buckets.size > MOST_BUCKETS ? this.#buckets.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#buckets.delete(oldest);
      this.#toTell.delete(oldest);
    }
    return bucket;
  }
}
