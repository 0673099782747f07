/**
 * Where the broker of an account is (design §4), where nobody named another place: the domain's SRV records `_confirm._tcp`
 * (RFC 2782) say which machine to connect to, and the certificate must still be the domain's own. So DNS decides about the
 * way and never about who is at its end, and what is signed for is always the domain's well-known address.
 */
import { endpointOf } from "../protocol/index.ts";
import { type Dns, type ServiceRecord, systemDns } from "./dns.ts";
import { fetchAt } from "./fetch-at.ts";

export interface DiscoveryOptions {
  /** Default: the system's name servers. */
  readonly dns?: Dns;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** From 0 to less than 1. */
  readonly random?: () => number;
  /** Authorities to trust instead of the usual ones, in PEM: for tests. */
  readonly ca?: string;
}

export interface Discovery {
  /** What calls the endpoint of an account: by the domain's SRV records where it is the domain's own, else directly. */
  readonly fetchFor: (account: string, endpoint: string) => typeof fetch;
}

interface Known {
  readonly records: readonly ServiceRecord[];
  readonly until: number;
}

const KEPT_MS = 5 * 60_000;
/** That there is none, or that nobody could be asked. */
const MISSING_MS = 60_000;
const MOST_KNOWN = 1000;
const MOST_TRIED = 4;

/** Makes the discovery of a process. */
export function newDiscovery(options: DiscoveryOptions = {}): Discovery {
  const { dns = systemDns(), clock = Date.now, random = Math.random } = options;
  const known = new Map<string, Known>();

  const recordsOf = async (domain: string): Promise<readonly ServiceRecord[]> => {
    const before = known.get(domain);
    if (before !== undefined && clock() < before.until) return before.records;
    // Where nobody can be asked, the domain's own address is as good as proved by its certificate.
    const records = await dns.services(`_confirm._tcp.${domain}`).catch(() => []);
    known.delete(domain);
    known.set(domain, { records, until: clock() + (records.length > 0 ? KEPT_MS : MISSING_MS) });
    const oldest = known.size > MOST_KNOWN ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return records;
  };
  const byRecords = fetchAt({
    placesOf: async (domain) => {
      const usable = (await recordsOf(domain)).filter(({ name, port }) => !isNowhere(name) && port > 0);
      return inOrder(usable, random)
        .slice(0, MOST_TRIED)
        .map(({ name, port }) => ({ host: name, port }));
    },
    ca: options.ca,
  });

  return {
    fetchFor: (account, endpoint) => {
      const url = new URL(endpoint);
      if (url.protocol !== "https:" || endpoint !== endpointOf(account)) return globalThis.fetch;
      // A single target "." says that there is no such service: then there is nowhere to connect, and the call fails.
      return async (input, init) =>
        (await recordsOf(url.hostname)).length === 0 ? globalThis.fetch(input, init) : byRecords(input, init);
    },
  };
}

const isNowhere = (target: string): boolean => target === "" || target === ".";

/** By priority, and within one by chance in proportion to weight (RFC 2782, "Usage rules"). */
export function inOrder(records: readonly ServiceRecord[], random: () => number): readonly ServiceRecord[] {
  const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: ServiceRecord[] = [];
  while (left.length > 0) {
    const same = left.filter(({ priority }) => priority === left[0]?.priority);
    const total = same.reduce((sum, { weight }) => sum + weight, 0);
    let at = random() * total;
    const chosen = same.find(({ weight }) => (at -= weight) <= 0) ?? same[0];
    if (chosen === undefined) break;
    ordered.push(chosen);
    left.splice(left.indexOf(chosen), 1);
  }
  return ordered;
}
