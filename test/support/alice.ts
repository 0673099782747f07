/** Alice's responder for tests: a key, an inbox in memory, a broker, pins and a clock that stands still. */
import { encryptionJwkOf, importEncryptionKey, requestDigest } from "../../src/crypto/index.ts";
import type { EncryptionKey, SigningKey } from "../../src/crypto/index.ts";
import type { Jws, JwsOrJwe, RequestEntry } from "../../src/protocol/index.ts";
import { parseAccount } from "../../src/protocol/index.ts";
import { present, receive } from "../../src/responder/index.ts";
import type {
  AccountKey,
  Decision,
  InboxEntry,
  RequestRef,
  ResponderPorts,
  SenderCheck,
} from "../../src/responder/index.ts";
import { TestBroker } from "./broker-port.ts";
import { type FakeClock, fakeClock, SECOND } from "./fake-clock.ts";
import { type MemoryInbox, memoryInbox } from "./inbox-memory.ts";
import { ALICE, newDecryption, newKey, signedRequest } from "./signing.ts";

export const ACCOUNT: AccountKey = { account: ALICE, broker: "https://example.com/.well-known/confirm" };

export interface Alice {
  readonly ports: ResponderPorts;
  readonly device: SigningKey;
  readonly bank: SigningKey;
  /** The key that Alice's broker is pinned by. */
  readonly service: SigningKey;
  /** What others encrypt for this device. */
  readonly encryption: EncryptionKey;
  readonly inbox: MemoryInbox;
  readonly broker: TestBroker;
  readonly clock: FakeClock;
  /** FromID -> the kids that Alice pinned. */
  readonly pins: Map<string, string[]>;
  /** Domain and kid, with a space between -> what is known of them; else the domain was never asked. */
  readonly domains: Map<string, SenderCheck>;
  /** The BrokerIDs of what was received by `take`. */
  readonly take: (request: JwsOrJwe, more?: Partial<RequestEntry>) => Promise<InboxEntry | undefined>;
  /** Receives the request and puts it on the screen long enough for a decision to count. */
  readonly show: (request?: Jws) => Promise<Decision>;
  readonly stored: (ref: { readonly digest: string }) => Promise<InboxEntry>;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
let given = 0;

/** A BrokerID that no other request has. */
export function nextBrokerId(): string {
  given += 1;
  return `RB${[...String(given)].map((digit) => LETTERS.charAt(Number(digit))).join("")}`;
}

export function envelope(request: JwsOrJwe, more: Partial<RequestEntry> = {}): RequestEntry {
  return { Request: request, ResponderAccount: ALICE, BrokerID: nextBrokerId(), ...more };
}

export function refOf(entry: InboxEntry): RequestRef {
  return { account: entry.account, broker: entry.broker, id: entry.brokerId, digest: entry.digest };
}

/** A plain yes to what a ref names, with the tick. */
export function yes(ref: RequestRef): Decision {
  return { ...ref, value: true, choice: undefined, expected: true, reason: undefined };
}

/** The ports over a shelf that may be another process's. */
export async function alice(): Promise<Alice> {
  const device = await newKey();
  const bank = await newKey();
  const service = await newKey();
  const decryption = await newDecryption();
  const inbox = memoryInbox();
  const broker = new TestBroker();
  const clock = fakeClock();
  const pins = new Map<string, string[]>();
  const domains = new Map<string, SenderCheck>();
  const ports: ResponderPorts = {
    storage: inbox,
    keys: {
      signingKey: () => Promise.resolve(device),
      decryptionKey: () => Promise.resolve(decryption.key),
      serviceKid: () => Promise.resolve(service.kid),
    },
    broker,
    pins: {
      pinnedKids: (fromId) => Promise.resolve(pins.get(fromId) ?? []),
      knownIds: () => Promise.resolve([...pins.keys()]),
    },
    domains: {
      check: (fromId, kid) => Promise.resolve(domains.get(`${parseAccount(fromId).domain} ${kid}`) ?? "offered"),
    },
    clock: clock.read,
  };
  const take: Alice["take"] = (request, more) => receive(ports, ACCOUNT, envelope(request, more));
  const stored: Alice["stored"] = async ({ digest }) => {
    const entry = await inbox.get(ACCOUNT, digest);
    if (entry === undefined) throw new Error("The inbox does not have it.");
    return entry;
  };
  const show: Alice["show"] = async (request) => {
    const asked = request ?? (await signedRequest(bank));
    await take(asked);
    const ref = refOf(await stored({ digest: await requestDigest(asked) }));
    if (!(await present(ports, ref))) throw new Error("It was not put on the screen.");
    clock.pass(SECOND);
    return yes(ref);
  };
  const encryption = await importEncryptionKey(await encryptionJwkOf(decryption.pair));
  return { ports, device, bank, service, encryption, inbox, broker, clock, pins, domains, take, show, stored };
}
