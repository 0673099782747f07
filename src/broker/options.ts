/** What a broker is started with, and what follows from it. Refuses what would leave it open or unreachable. */
import { isDomain, isLoopbackHost, parseEndpoint, ProtocolError } from "../protocol/index.ts";
import { BrokerError } from "./errors.ts";
import type { EnquirerClass, Policy } from "./policy/index.ts";
import type { Store } from "./store/index.ts";

export interface BrokerOptions {
  /** Taken over: the broker closes it. */
  readonly store: Store;
  /** Where to listen; port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Origins or endpoints under which callers reach the broker; needed unless it listens on loopback. */
  readonly publicUrls?: readonly string[];
  /** Domains whose accounts live here; `localhost` on loopback if there are none. */
  readonly domains?: readonly string[];
  readonly policy?: Policy;
  /** Lets anyone create an account of these domains. */
  readonly open?: boolean;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly newBrokerId?: () => string;
  /** Takes lines of the log, each with its line feed. Default: stderr. */
  readonly log?: (lines: string) => void;
  /** How long a caller may take to send its headers, in milliseconds; twice that for the body. */
  readonly slowMs?: number;
}

/** True where only this machine can connect. */
export function isLoopbackAddress(host: string): boolean {
  return isLoopbackHost(host) || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * The endpoints that the broker is known by. On loopback `localhost` and `127.0.0.1` are the same machine.
 *
 * @param listening - the address and port that it listens at
 * @throws BrokerError `options`
 */
export function endpointsOf(
  publicUrls: readonly string[],
  listening: { readonly host: string; readonly port: number },
): readonly string[] {
  if (publicUrls.length === 0 && !isLoopbackAddress(listening.host)) {
    throw new BrokerError(
      "options",
      "A broker that other machines reach needs its public URL: --public-url https://...",
    );
  }
  const given = publicUrls.length === 0 ? [`http://127.0.0.1:${listening.port}`] : publicUrls;
  const endpoints = given.map(readEndpoint).flatMap((endpoint) => {
    const url = new URL(endpoint);
    if (!isLoopbackHost(url.hostname)) return [endpoint];
    return [endpoint, ...["127.0.0.1", "localhost"].map((name) => endpoint.replace(url.hostname, name))];
  });
  return [...new Set(endpoints)];
}

function readEndpoint(text: string): string {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (error instanceof ProtocolError) throw new BrokerError("options", `${text}: ${error.message}`);
    throw error;
  }
}

/** True where only this machine calls: it listens on loopback, and no public URL says that a proxy is in front of it. */
export function isLocalService({ listen, publicUrls = [] }: BrokerOptions): boolean {
  return (
    isLoopbackAddress(listen.host) && publicUrls.every((url) => isLoopbackHost(new URL(readEndpoint(url)).hostname))
  );
}

/** @throws BrokerError `options` */
export function domainsOf(domains: readonly string[], isLocal: boolean): ReadonlySet<string> {
  if (domains.length === 0 && !isLocal) {
    throw new BrokerError("options", "A broker that other machines reach needs its domain: --domain example.com");
  }
  const lower = domains.length === 0 ? ["localhost"] : domains.map((domain) => domain.toLowerCase());
  const wrong = lower.find((domain) => !isDomain(domain));
  if (wrong !== undefined) throw new BrokerError("options", `${JSON.stringify(wrong)} is not a domain.`);
  return new Set(lower);
}

/** @throws BrokerError `options` */
export function enquirersOf(policy: Policy, isLocal: boolean): EnquirerClass {
  const enquirers = policy.enquirers ?? (isLocal ? "any" : "domain");
  if (enquirers === "domain") {
    throw new BrokerError(
      "options",
      'Enquirers cannot be checked by their domain yet; set "enquirers" to "local", "registered" or "any" in the policy file.',
    );
  }
  return enquirers;
}
