/** Token buckets by name, such as one for each address; how many there are is bounded. */
import type { BucketRule } from "./policy.ts";

interface Bucket {
  tokens: number;
  /** When `tokens` was right; milliseconds since 1970. */
  at: number;
}

/** A bucket that nobody touched for long is full again, so the one forgotten first loses nothing. */
const MOST_BUCKETS = 20_000;

export class TokenBuckets {
  readonly #rule: BucketRule;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();

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
    bucket.tokens -= 1;
    return 0;
  }

  /** What {@link take} would return, without taking. */
  look(name: string): number {
    const bucket = this.#current(name);
    return bucket.tokens < 1 ? this.#seconds(bucket) : 0;
  }

  #seconds({ tokens }: Bucket): number {
    const { perSecond } = this.#rule;
    return perSecond === 0 ? 3600 : Math.min(3600, Math.max(1, Math.ceil((1 - tokens) / perSecond)));
  }

  #current(name: string): Bucket {
    const { perSecond, burst } = this.#rule;
    const now = this.#clock();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    // The map keeps the order of insertion: what is used moves to its end.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const oldest = this.#buckets.size > MOST_BUCKETS ? this.#buckets.keys().next().value : undefined;
    if (oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
