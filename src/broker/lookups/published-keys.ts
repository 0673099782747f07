/**
 * Whether a sender's domain publishes the key that signed (design §6, §8). The domain is a stranger's choice, so the look-up
 * is held short: few at a time, few for each caller, one for a domain, only to public addresses, and its result is kept.
 */
import { ClientError, fetchKeySet, isPublished, type KeySet, keySetUrl } from "../../client/index.ts";
import { type Dns, fetchAt, type Place } from "../../node/index.ts";
import { parseAccount } from "../../protocol/index.ts";
import { bucketOf } from "../policy/limiter.ts";
import { TokenBuckets } from "../policy/token-buckets.ts";
import { Refusal } from "../refusal.ts";
import { isPublicAddress } from "./public-address.ts";

export interface PublishedKeys {
  /**
   * @param source - the address that the question comes from
   * @throws Refusal `too_many`, `unavailable`
   */
  readonly has: (fromId: string, kid: string, source: string) => Promise<boolean>;
}

export interface LookupOptions {
  readonly dns: Dns;
  /** Connects to addresses of private networks too. */
  readonly allowPrivate: boolean;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** For tests: another port than 443, and the authorities to trust. */
  readonly port?: number;
  readonly ca?: string;
}

interface Known {
  readonly keys: KeySet;
  readonly at: number;
}

const MOST_AT_ONCE = 16;
const MOST_KNOWN = 2000;
const KEPT_MS = 10 * 60_000;
/** A key that is not there may be published the next moment; a domain that does not answer may come back. */
const MISSING_MS = 60_000;
const PER_SOURCE = { perSecond: 1, burst: 10 };
const NOTHING: KeySet = [];

/** Makes the looker-up of a broker. */
export function publishedKeys(options: LookupOptions): PublishedKeys {
  const { clock } = options;
  const known = new Map<string, Known>();
  const running = new Map<string, Promise<KeySet>>();
  const sources = new TokenBuckets(PER_SOURCE, clock);
  const fetch = fetchAt({ placesOf: (host) => placesOf(host, options), ca: options.ca });

  const look = async (domain: string, url: string): Promise<KeySet> => {
    try {
      const keys = await fetchKeySet(url, { fetch }).catch((error: unknown) => {
        if (error instanceof ClientError) return NOTHING;
        throw error;
      });
      known.delete(domain);
      known.set(domain, { keys, at: clock() });
      const oldest = known.size > MOST_KNOWN ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      return keys;
    } finally {
      running.delete(domain);
    }
  };
  const start = (domain: string, url: string, source: string): Promise<KeySet> => {
    const wait = sources.take(bucketOf(source));
    if (wait > 0) throw new Refusal("too_many", "Too many domains are to be looked up for this address.", wait);
    if (running.size >= MOST_AT_ONCE) {
      throw new Refusal("unavailable", "Too many domains are being looked up; try again.", 5);
    }
    const looking = look(domain, url);
    running.set(domain, looking);
    return looking;
  };

  return {
    has: async (fromId, kid, source) => {
      const { domain } = parseAccount(fromId);
      const url = keySetUrl(domain);
      if (url === undefined) return false;
      const before = known.get(domain);
      if (before !== undefined) {
        const found = isPublished(before.keys, fromId, kid);
        // A clock that went back does not make it younger.
        if (Math.abs(clock() - before.at) < (found ? KEPT_MS : MISSING_MS)) return found;
      }
      return isPublished(await (running.get(domain) ?? start(domain, url, source)), fromId, kid);
    },
  };
}

/** Resolved once: what is checked here is what is connected to. */
async function placesOf(host: string, { dns, allowPrivate, port = 443 }: LookupOptions): Promise<readonly Place[]> {
  const addresses = (await dns.addresses(host)).filter((address) => allowPrivate || isPublicAddress(address));
  const four = addresses.find((address) => !address.includes(":"));
  const six = addresses.find((address) => address.includes(":"));
  return [four, six].filter((address) => address !== undefined).map((address) => ({ host: address, port }));
}
