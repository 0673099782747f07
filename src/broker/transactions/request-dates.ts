/** How long a request lives, from what is signed and what the envelope adds. All instants in milliseconds since 1970. */
import { LIMITS } from "../../protocol/index.ts";
import { Refusal } from "../refusal.ts";

export interface RequestDates {
  /** The signed ones. */
  readonly created: number | undefined;
  readonly expire: number | undefined;
  /** The envelope's, which counts only where nothing is signed. */
  readonly envelopeExpire: number | undefined;
}

/**
 * When the request runs out; a moment that has passed is for the caller to refuse.
 *
 * @throws Refusal `contradiction`, `dates`
 */
export function expiryOf({ created, expire, envelopeExpire }: RequestDates, now: number): number {
  if (expire !== undefined && envelopeExpire !== undefined && expire !== envelopeExpire) {
    throw new Refusal("contradiction", "The envelope's Expire is not the signed one.");
  }
  if (created !== undefined && created > now + LIMITS.clockSkewMs) {
    const ahead = Math.round((created - now) / 1000);
    throw new Refusal("dates", `Created is ${ahead} seconds ahead of the broker's clock; at most 120 are allowed.`);
  }
  const end = expire ?? envelopeExpire ?? now + LIMITS.undatedLifeMs;
  // A clock that is behind by what is tolerated must not make seven days too many.
  const start = created ?? now + LIMITS.clockSkewMs;
  if (end - start > LIMITS.lifeMs) throw new Refusal("dates", "A request lives at most 7 days.");
  return end;
}
