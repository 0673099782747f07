/** What a broker is started with, and what follows from it. Refuses what would leave it open or unreachable. */
import { isDomain, isLoopbackHost, parseEndpoint, ProtocolError } from "../protocol/index.ts";
import type { Bounds } from "./bounds/bounds.ts";
import type { TlsFiles } from "./certificate.ts";
import { BrokerError } from "./errors.ts";
import type { LookupOptions } from "./lookups/published-keys.ts";
import type { EnquirerClass, Policy } from "./policy/index.ts";
import type { Store } from "./store/index.ts";

export interface BrokerOptions {
  /** Taken over: the broker closes it. */
  readonly store: Store;
  /** Where to listen; port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Origins or endpoints under which callers reach the broker; needed unless it listens on loopback. */
  readonly publicUrls?: readonly string[];
  /** Speak TLS with this certificate; needed off loopback, unless there is a proxy. */
  readonly tls?: TlsFiles;
  /** Take calls from a proxy alone, at these addresses or ranges; none means that it is on this machine. */
  readonly behindProxy?: readonly string[];
  /** Domains whose accounts live here; `localhost` on loopback if there are none. */
  readonly domains?: readonly string[];
  readonly policy?: Policy;
  /** Lets anyone create an account of these domains. */
  readonly open?: boolean;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly newBrokerId?: () => string;
  /** Where senders' domains are looked up; default: the system's DNS, port 443, the usual authorities. */
  readonly lookups?: Pick<LookupOptions, "dns" | "port" | "ca">;
  /** Takes lines of the log, each with its line feed. Default: stderr. */
  readonly log?: (lines: string) => void;
  /** How long a caller may take to send its headers, in milliseconds; twice that for the body. */
  readonly slowMs?: number;
  /** For tests: less of something than usual. */
  readonly bounds?: Partial<Bounds>;
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
  { publicUrls = [], tls }: Pick<BrokerOptions, "publicUrls" | "tls">,
  listening: { readonly host: string; readonly port: number },
): readonly string[] {
  if (publicUrls.length === 0 && !isLoopbackAddress(listening.host)) {
    throw new BrokerError(
      "options",
      "A broker that other machines reach needs its public URL: --public-url https://...",
    );
  }
  const ownUrl = `${tls === undefined ? "http" : "https"}://127.0.0.1:${listening.port}`;
  const given = publicUrls.length === 0 ? [ownUrl] : publicUrls;
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

/**
 * Nothing that others send or read goes over the network in the clear.
 *
 * @throws BrokerError `options`
 */
export function requireTls({ listen, tls, behindProxy, publicUrls = [] }: BrokerOptions): void {
  if (tls !== undefined && behindProxy !== undefined) {
    throw new BrokerError("options", "Either the broker speaks TLS, or the proxy before it: not both.");
  }
  if (tls === undefined && behindProxy === undefined && !isLoopbackAddress(listen.host)) {
    throw new BrokerError(
      "options",
      "A broker that other machines reach speaks TLS: --tls-cert FILE --tls-key FILE; " +
        "or its proxy does, and then it listens on 127.0.0.1 or is told --behind-proxy ADDRESS.",
    );
  }
  if (behindProxy?.length === 0 && !isLoopbackAddress(listen.host)) {
    throw new BrokerError("options", "A proxy on another machine must be named: --behind-proxy ADDRESS.");
  }
  const plain = tls === undefined ? undefined : publicUrls.find((url) => url.startsWith("http:"));
  if (plain !== undefined) throw new BrokerError("options", `${plain}: with --tls-cert a public URL is https.`);
}

/** The hosts that a certificate must be for: those of the public URLs. */
export function certifiedHosts({ publicUrls = [] }: BrokerOptions): readonly string[] {
  return publicUrls.map((url) => new URL(readEndpoint(url)).hostname);
}

/** True where only this machine calls: it listens on loopback, and nothing says that a proxy is in front of it. */
export function isLocalService({ listen, behindProxy, publicUrls = [] }: BrokerOptions): boolean {
  return (
    behindProxy === undefined &&
    isLoopbackAddress(listen.host) &&
    publicUrls.every((url) => isLoopbackHost(new URL(readEndpoint(url)).hostname))
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

/** Whose requests are taken, where the policy does not say. */
export function enquirersOf(policy: Policy, isLocal: boolean): EnquirerClass {
  return policy.enquirers ?? (isLocal ? "any" : "domain");
}
