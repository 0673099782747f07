/**
 * The policy at work: buckets for addresses and keys, caps for the store, and who may ask. Identity is the kid. Whatever a
 * bucket gives is decided here at once; what other processes gave comes in by and by (see {@link Teller}).
 */
import { Refusal } from "../refusal.ts";
import type { PendingCaps, SenderStanding, Taken } from "../store/index.ts";
import type { EnquirerClass, Limits } from "./policy.ts";
import { Teller } from "./teller.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** How the sender of a request is known to the broker. */
export interface Standing extends SenderStanding {
  /** FromID's domain publishes the key. */
  readonly domain: boolean;
}

export interface Limiter {
  /** Takes from an address's bucket. Seconds to wait, 0 for none. */
  readonly address: (address: string) => number;
  /** @throws Refusal `too_many` */
  readonly kid: (kid: string) => void;
  /** Before a proof is looked at. @throws Refusal `too_many` */
  readonly beforeProof: (address: string) => void;
  /** Resolves when the other processes were told. */
  readonly wrongProof: (address: string) => Promise<void>;
  /** What other processes took. */
  readonly taken: (taken: readonly Taken[]) => void;
  /** What may be pending, for a sender of this standing; undefined without caps. */
  readonly caps: (standing: Standing) => PendingCaps | undefined;
}

/** One host of IPv6 owns a whole /64, so its bucket is that of the prefix. */
export function bucketOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...(tail === undefined ? [] : zeros), ...back].slice(0, 4).join(":");
}

const UNLIMITED: Limiter = {
  address: () => 0,
  kid: () => undefined,
  beforeProof: () => undefined,
  wrongProof: () => Promise.resolve(),
  taken: () => undefined,
  caps: () => undefined,
};

/** Of so many names of a bucket it is told at once. */
const MOST_NAMES = 1000;

/**
 * @param clock - milliseconds since 1970
 * @param tell - tells the processes that share the store
 */
export function createLimiter(
  limits: Limits | undefined,
  clock: () => number,
  tell: (taken: readonly Taken[]) => Promise<void>,
): Limiter {
  if (limits === undefined) return UNLIMITED;
  const addresses = new TokenBuckets(limits.address, clock);
  const kids = new TokenBuckets(limits.kid, clock);
  const proofs = new TokenBuckets(limits.wrongProofs, clock);
  const { pending } = limits;
  const all = new Map(Object.entries({ address: addresses, kid: kids, wrongProofs: proofs }));
  const news = (): readonly Taken[] =>
    [...all].flatMap(([bucket, buckets]) => buckets.news(MOST_NAMES).map(([name, count]) => ({ bucket, name, count })));
  const teller = new Teller(news, tell);
  const take = (buckets: TokenBuckets, name: string): number => {
    const seconds = buckets.take(name);
    if (buckets.hasNews) teller.soon();
    return seconds;
  };
  const refuseAfter = (seconds: number, sentence: string): void => {
    if (seconds > 0) throw new Refusal("too_many", sentence, seconds);
  };
  return {
    address: (address) => take(addresses, bucketOf(address)),
    kid: (kid) => {
      refuseAfter(take(kids, kid), "This key makes too many calls; slow down.");
    },
    beforeProof: (address) => {
      refuseAfter(proofs.look(bucketOf(address)), "Too many wrong connect codes from this address; wait a little.");
    },
    wrongProof: (address) => {
      proofs.spend(bucketOf(address));
      return teller.now();
    },
    taken: (taken) => {
      for (const { bucket, name, count } of taken) all.get(bucket)?.drain(name, count);
    },
    caps: (standing) => {
      const senderIsVerified = standing.local || standing.registered || standing.domain;
      return {
        perAccount: pending.account,
        perAccountUnverified: pending.unverified,
        perSender: senderIsVerified ? pending.verifiedSender : pending.unverifiedSender,
        senderIsVerified,
      };
    },
  };
}

/**
 * Refuses a sender whom the operator does not let ask.
 *
 * @throws Refusal `forbidden`
 */
export function requireAdmitted(enquirers: EnquirerClass, standing: Standing): void {
  const admitted =
    enquirers === "any" ||
    standing.local ||
    (enquirers !== "local" && standing.registered) ||
    (enquirers === "domain" && standing.domain);
  if (admitted) return;
  const whom = enquirers === "domain" ? "whose domain publishes their key" : "that it knows";
  throw new Refusal("forbidden", `This broker takes requests only from enquirers ${whom}.`);
}
