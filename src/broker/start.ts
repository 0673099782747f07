/** Starts a broker and stops it: what was taken in is finished, long polls end with what is known, sockets are closed. */
import { keepCheckpoints } from "./audit/index.ts";
import { newBrokerId } from "../crypto/index.ts";
import { systemDns } from "../node/index.ts";
import { pushEndpoint } from "../protocol/index.ts";
import { BOUNDS, type Bounds } from "./bounds/bounds.ts";
import { newCapacity } from "./bounds/capacity.ts";
import { mostSockets, watchSockets } from "./bounds/sockets.ts";
import { readCertificate } from "./certificate.ts";
import { hostsOf } from "./doorway.ts";
import { type Answer, answerPosted, type Posted } from "./exchange.ts";
import { heldKeys } from "./held-keys.ts";
import { newHttpServer, serveHttp } from "./http.ts";
import { publishedKeys } from "./lookups/published-keys.ts";
import { listen } from "./listen.ts";
import { createLog } from "./log.ts";
import { Notices } from "./notify.ts";
import {
  type BrokerOptions,
  certifiedHosts,
  domainsOf,
  endpointsOf,
  enquirersOf,
  isLocalService,
  requireTls,
} from "./options.ts";
import { createLimiter, DEFAULT_POLICY } from "./policy/index.ts";
import { createPushServer } from "./push.ts";
import { startRenewal } from "./renewal.ts";
import { SeenCalls } from "./seen-calls.ts";
import type { Service } from "./service.ts";
import { openServiceKeys } from "./service-keys.ts";
import { proxiesAt } from "./source-address.ts";
import { StoreTrouble } from "./store-trouble.ts";
import { startSweeping } from "./sweep.ts";

export interface RunningBroker {
  /** The endpoint that it names itself by. */
  readonly endpoint: string;
  readonly address: { readonly host: string; readonly port: number };
  /** The fingerprint of the service's key. */
  readonly serviceKid: string;
  /** Takes a renewed certificate over now, instead of within a minute. */
  readonly renewCertificate: () => Promise<void>;
  /** Answers a body as by HTTP, without a socket: for a host that has a server of its own, which then checks Host and Origin. */
  readonly answer: (posted: Posted) => Promise<Answer>;
  /** Hands over what the log has gathered, which it does by itself a moment later. */
  readonly flushLog: () => void;
  /** Stops it, and closes the store. */
  readonly close: () => Promise<void>;
}

const SLOW_MS = 10_000;
const GRACE_MS = 5000;

/**
 * Starts a broker.
 *
 * @throws BrokerError `options`, `tls`, `listen`; StoreError; the store is closed then
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  try {
    return await start(options);
  } catch (error) {
    await options.store.close();
    throw error;
  }
}

/** How much of everything there may be here, where the system may let the process open fewer files. */
function boundsOf({ bounds }: BrokerOptions): Bounds {
  const given = { ...BOUNDS, ...bounds };
  const sockets = mostSockets(given.sockets);
  // Callers must find room beside the channels.
  return { ...given, sockets, channels: Math.min(given.channels, Math.floor((sockets * 3) / 4)) };
}

async function start(options: BrokerOptions): Promise<RunningBroker> {
  const { store, listen: at, tls, domains = [], policy = DEFAULT_POLICY } = options;
  const clock = options.clock ?? Date.now;
  const log = createLog(options.log ?? ((lines) => process.stderr.write(lines)), clock);
  requireTls(options);
  const isProxy = options.behindProxy === undefined ? undefined : proxiesAt(options.behindProxy);
  const isLocal = isLocalService(options);
  const enquirers = enquirersOf(policy, isLocal);
  const ours = domainsOf(domains, isLocal);
  // Options are refused before anything listens; a free port is known only after.
  endpointsOf(options, at);
  const certified = certifiedHosts(options);
  await store.occupy();
  const certificate = tls === undefined ? undefined : await readCertificate(tls, certified, clock());
  const keys = await openServiceKeys(store, clock);

  const slowMs = options.slowMs ?? SLOW_MS;
  const capacity = newCapacity(boundsOf(options), slowMs * 2, log);
  const server = newHttpServer(slowMs, certificate);
  const stopListening = watchSockets(server, capacity);
  const address = await listen(server, at.host, at.port);
  const urls = endpointsOf(options, address);
  const [endpoint = ""] = urls;
  const notices = new Notices(capacity.bounds.accountChannels);
  const service: Service = {
    store,
    keys,
    get key() {
      return keys.current();
    },
    urls,
    pushUrls: urls.map(pushEndpoint),
    domains: ours,
    open: options.open ?? false,
    policy,
    enquirers,
    limiter: createLimiter(policy.limits, clock, (taken) => store.tellTaken(taken)),
    capacity,
    held: heldKeys(store),
    published:
      enquirers === "domain" || (enquirers === "any" && !isLocal)
        ? publishedKeys({ dns: systemDns(), ...options.lookups, ...policy.lookups, clock })
        : undefined,
    notices,
    seen: new SeenCalls(clock),
    trouble: new StoreTrouble(log),
    log,
    clock,
    newBrokerId: options.newBrokerId ?? newBrokerId,
  };
  const answer = (posted: Posted): Promise<Answer> => answerPosted(posted, service);
  const hosts = hostsOf(urls);
  const push = createPushServer(service, hosts, isProxy);
  serveHttp(server, {
    hosts,
    isProxy,
    maxBytes: policy.messageBytes,
    admit: service.limiter.address,
    capacity,
    answer,
    onDefect: (error) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.write({ event: "defect", where: "http", detail });
    },
  });
  server.on("upgrade", push.upgrade);
  store.watch((account) => {
    notices.changed(account);
    // A service key is no account's.
    if (account !== undefined) return;
    keys.reload().catch((error: unknown) => {
      log.write({
        event: "defect",
        where: "service keys",
        detail: error instanceof Error ? error.message : String(error),
      });
    });
  }, service.limiter.taken);
  const stopSweeping = startSweeping(service);
  const stopCheckpoints = keepCheckpoints(service);
  const renewal =
    tls === undefined || certificate === undefined || !("setSecureContext" in server)
      ? undefined
      : startRenewal(server, tls, certificate, { hosts: certified, log, clock });
  log.write({ event: "started", endpoint, serviceKid: service.key.kid });

  const close = async (): Promise<void> => {
    renewal?.stop();
    capacity.close();
    notices.close();
    await Promise.all([push.close(), stopListening(GRACE_MS), stopSweeping()]);
    await stopCheckpoints();
    await store.close();
    log.write({ event: "stopped" });
    log.flush();
  };
  let closing: Promise<void> | undefined;
  return {
    endpoint,
    address,
    get serviceKid() {
      return service.key.kid;
    },
    answer,
    flushLog: () => log.flush(),
    renewCertificate: renewal?.look ?? (() => Promise.resolve()),
    close: () => (closing ??= close()),
  };
}
