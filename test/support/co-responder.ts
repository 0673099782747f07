/** A user with a device at a real broker: the responder over the real line, its inbox in memory, a finger that decides. */
import { setTimeout as sleep } from "node:timers/promises";
import { deviceLine } from "../../src/client/index.ts";
import {
  type AccountKey,
  decide,
  deliverDue,
  type InboxEntry,
  pendingEntries,
  poll,
  present,
  type RequestView,
  type ResponderPorts,
  viewRequest,
} from "../../src/responder/index.ts";
import type { TestBroker, TestDevice } from "./broker.ts";
import type { Authenticator } from "./authenticator.ts";
import { memoryInbox } from "./inbox-memory.ts";

export interface AnswerOptions {
  readonly choice?: string;
  readonly reason?: "unknown";
  readonly isOver?: () => boolean;
}

export interface User {
  readonly device: TestDevice;
  readonly ports: ResponderPorts;
  readonly account: AccountKey;
  /** Waits until a request is there, and says what it shows; rejects where `isOver` says so before. */
  readonly look: (isOver?: () => boolean) => Promise<RequestView>;
  /** Decides about the oldest request and delivers the answer. */
  readonly answer: (value: boolean, more?: AnswerOptions) => Promise<void>;
  /** What waits, asked of the broker now. */
  readonly pending: () => Promise<readonly InboxEntry[]>;
}

/** Connects a device of the account and sits down in front of it. */
export async function userAt(broker: TestBroker, account: string): Promise<User> {
  return userWith(broker, await broker.connect(account));
}

export function userWith(
  broker: Pick<TestBroker, "endpoint" | "service">,
  device: TestDevice,
  finger?: Authenticator,
): User {
  const account = { account: device.account, broker: broker.endpoint };
  const ports: ResponderPorts = {
    storage: memoryInbox(),
    keys: {
      signingKey: () => Promise.resolve(device.key),
      serviceKid: () => Promise.resolve(broker.service.kid),
      decryptionKey: () => Promise.resolve(device.decryption),
    },
    broker: deviceLine({
      credentials: () => Promise.resolve({ key: device.key, service: broker.service }),
      fetch: globalThis.fetch,
      clock: Date.now,
    }),
    pins: { pinnedKids: () => Promise.resolve([]), knownIds: () => Promise.resolve([]) },
    domains: { check: () => Promise.resolve("none") },
    clock: Date.now,
    ...(finger === undefined ? {} : { presence: () => Promise.resolve({ key: finger.key, always: false }) }),
  };
  const pending = async (): Promise<readonly InboxEntry[]> => {
    await poll(ports, account);
    return pendingEntries(ports, [account]);
  };
  const look: User["look"] = async (isOver = () => false) => {
    const end = Date.now() + 8000;
    for (;;) {
      const [entry] = await pending();
      const view = entry === undefined ? undefined : await viewRequest(ports, entry);
      if (view !== undefined) return view;
      if (Date.now() > end || isOver()) throw new Error(`No request came for ${device.account}.`);
      await sleep(10);
    }
  };
  const answer: User["answer"] = async (value, { choice, reason, isOver } = {}) => {
    const { account: name, broker: at, id, digest } = await look(isOver);
    const ref = { account: name, broker: at, id, digest };
    await present(ports, ref);
    const decision = { ...ref, value, choice, reason, expected: true };
    let outcome = await decide(ports, decision, { armingMs: 0 });
    if ("prompt" in outcome && finger !== undefined) {
      const { created, challenge } = outcome.prompt;
      outcome = await decide(
        ports,
        { ...decision, presence: { created, assertion: finger.assert(challenge) } },
        { armingMs: 0 },
      );
    }
    if (!outcome.ok) throw new Error(`The decision did not count: ${outcome.refusal}`);
    await deliverDue(ports, account, () => 1000);
  };
  return { device, ports, account, look, answer, pending };
}
