/**
 * Cool-downs (design §8): whoever is rejected again and again by one account has to wait, each time twice as long. Pure:
 * an engine reads, applies this and writes in the transaction that takes the rejection in.
 */
export interface CoolDownRule {
  /** So many rejections... */
  readonly rejections: number;
  /** ...within so many milliseconds make a cool-down. */
  readonly withinMs: number;
  readonly firstMs: number;
  /** The longest one; after so long without another the next is a first one again. */
  readonly longestMs: number;
}

/** What is remembered of one key at one account. Milliseconds since 1970. */
export interface Strikes {
  /** The rejections that count towards the next cool-down. */
  readonly rejected: readonly number[];
  /** How many cool-downs there were in a row, and until when the last one lasts. */
  readonly rounds: number;
  readonly until: number;
}

/** What is remembered after another rejection. */
export function afterRejection(before: Strikes | undefined, now: number, rule: CoolDownRule): Strikes {
  const { rejected = [], rounds = 0, until = 0 } = before ?? {};
  const recent = [...rejected.filter((at) => at > now - rule.withinMs), now];
  if (recent.length < rule.rejections) return { rejected: recent, rounds, until };
  const round = now > until + rule.longestMs ? 1 : rounds + 1;
  const lasts = Math.min(rule.firstMs * 2 ** (round - 1), rule.longestMs);
  return { rejected: [], rounds: round, until: now + lasts };
}
