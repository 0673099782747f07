/** What every transaction works with. Made once, when the broker starts. */
import type { SigningKey } from "../crypto/index.ts";
import type { Capacity } from "./bounds/capacity.ts";
import type { HeldKeys } from "./held-keys.ts";
import type { Log } from "./log.ts";
import type { PublishedKeys } from "./lookups/published-keys.ts";
import type { Notices } from "./notify.ts";
import type { EnquirerClass, Limiter, Policy } from "./policy/index.ts";
import type { SeenCalls } from "./seen-calls.ts";
import type { ServiceKeys } from "./service-keys.ts";
import type { StoreTrouble } from "./store-trouble.ts";
import type { Store } from "./store/index.ts";

export interface Service {
  readonly store: Store;
  /** The keys of this service, one after the other. */
  readonly keys: ServiceKeys;
  /** The one that signs answers now, and that clients pin; ask for it each time. */
  readonly key: SigningKey;
  /** The endpoints that this broker is known by; the first is the one that it names itself. */
  readonly urls: readonly string[];
  /** The same for the push channel, `ws:` or `wss:`. */
  readonly pushUrls: readonly string[];
  /** The domains whose accounts live here, in lower case. */
  readonly domains: ReadonlySet<string>;
  /** Whether anyone may create an account. */
  readonly open: boolean;
  readonly policy: Policy;
  readonly enquirers: EnquirerClass;
  readonly limiter: Limiter;
  readonly capacity: Capacity;
  readonly held: HeldKeys;
  /** Undefined where only this machine calls and anyone may ask: such a broker looks nobody up. */
  readonly published: PublishedKeys | undefined;
  readonly notices: Notices;
  readonly seen: SeenCalls;
  readonly trouble: StoreTrouble;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly newBrokerId: () => string;
}
