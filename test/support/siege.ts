/**
 * Alice's responder over the real line to a broker that signs well and lies: its key is the one that she pinned, and each
 * answer is what the test says. Her clock stands still; the line and the sockets are real.
 */
import { deviceLine } from "../../src/client/index.ts";
import type { SigningKey, VerifyKey } from "../../src/crypto/index.ts";
import type { Jws, RequestEntry } from "../../src/protocol/index.ts";
import {
  type AccountKey,
  type InboxEntry,
  pendingEntries,
  poll,
  type RequestView,
  type ResponderPorts,
  viewRequest,
} from "../../src/responder/index.ts";
import { type Alice, alice, envelope } from "./alice.ts";
import { type FalseBroker, openFalseBroker } from "./false-broker.ts";
import { ALICE } from "./signing.ts";

export interface Siege {
  readonly who: Alice;
  readonly ports: ResponderPorts;
  readonly account: AccountKey;
  readonly broker: FalseBroker;
  /** What the broker lists from now on. */
  readonly lists: (...entries: readonly RequestEntry[]) => void;
  /** Polls once: what waits then, as it would be shown, oldest first. */
  readonly look: () => Promise<readonly RequestView[]>;
  /** Everything that is stored, oldest first. */
  readonly stored: () => Promise<readonly InboxEntry[]>;
  readonly close: () => Promise<void>;
}

export async function besiege(
  more: { readonly timeoutMs?: number; readonly pinned?: SigningKey } = {},
): Promise<Siege> {
  const who = await alice();
  const broker = await openFalseBroker(who.service);
  const account = { account: ALICE, broker: broker.wire.endpoint };
  let service: VerifyKey = more.pinned ?? who.service;
  const line = deviceLine({
    credentials: () => Promise.resolve({ key: who.device, service }),
    adopt: (_, next) => {
      service = next;
      return Promise.resolve();
    },
    fetch: globalThis.fetch,
    clock: who.clock.read,
    timeoutMs: more.timeoutMs ?? 5000,
  });
  const keys = { ...who.ports.keys, serviceKid: () => Promise.resolve(service.kid) };
  const ports: ResponderPorts = { ...who.ports, keys, broker: line };
  broker.says.set("Pending", () => ({ PendingResponse: { Status: 201, Entries: [] } }));
  return {
    who,
    ports,
    account,
    broker,
    lists: (...entries) => {
      broker.says.set("Pending", ({ AfterId, BrokerID }) => {
        const after = typeof AfterId === "number" ? AfterId : -1;
        const isAsked = (entry: RequestEntry): boolean => BrokerID === undefined || entry.BrokerID === BrokerID;
        return {
          PendingResponse: {
            Status: 201,
            Entries: entries.filter((entry) => isAsked(entry) && (entry.Sequence ?? 0) > after).slice(0, 100),
          },
        };
      });
    },
    look: async () => {
      await poll(ports, account);
      const views = await Promise.all(
        (await pendingEntries(ports, [account])).map((entry) => viewRequest(ports, entry)),
      );
      return views.filter((view) => view !== undefined);
    },
    stored: () => who.inbox.list(account),
    close: () => broker.wire.close(),
  };
}

let sequence = 0;

/** An entry as a broker lists it, each after the one before. */
export function listed(request: RequestEntry["Request"] | Jws, more: Partial<RequestEntry> = {}): RequestEntry {
  sequence += 1;
  return envelope(request, { Sequence: sequence, ...more });
}
