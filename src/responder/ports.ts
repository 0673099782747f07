/**
 * What the responder needs from where it runs: storage, keys, a broker, a clock. The extension and the command line
 * each give their own; the responder itself does no I/O.
 */
import type { FlattenedJws, JwsOrJwe, RequestEntry, RequestStatus } from "../protocol/index.ts";
import type { DecryptionKey, PresenceKey, SigningKey } from "../crypto/index.ts";
import type { AccountKey, InboxEntry, InboxState } from "./inbox-entry.ts";

/** Milliseconds since 1970. */
export type Clock = () => number;

/**
 * Durable storage of the inbox. Every write is on disk before its promise resolves, and conditional: of two
 * contexts that race, one gets false. Rejects when the storage is full or broken; then nothing was changed.
 */
export interface InboxStorage {
  /** All entries of an account, in the order in which they were received. */
  list(account: AccountKey): Promise<readonly InboxEntry[]>;
  get(account: AccountKey, digest: string): Promise<InboxEntry | undefined>;
  /** Stores a new entry; false where the account has one of this digest, whatever its state. */
  insert(entry: InboxEntry): Promise<boolean>;
  /** Replaces the entry of the same account and digest if it is in one of `from`; else false, and nothing changes. */
  replace(from: readonly InboxState[], entry: InboxEntry): Promise<boolean>;
  /** Forgets an entry; does nothing where there is none. */
  remove(account: AccountKey, digest: string): Promise<void>;
}

/** The keys of the account that answers. */
export interface ResponderKeys {
  signingKey(account: AccountKey): Promise<SigningKey>;
  /** The kid of the key that the account's broker is pinned by. */
  serviceKid(account: AccountKey): Promise<string>;
  /** What opens requests that are encrypted for this device. */
  decryptionKey(account: AccountKey): Promise<DecryptionKey>;
}

/** The broker's signed word on an answer. */
export interface Delivered {
  readonly status: number;
  /** When it took the answer in, as whoever reads a receipt is told; nothing of it is verified. */
  readonly stamp?: FlattenedJws;
}

/** What the responder asks of the account's broker. Every call is authenticated; what is not signed back is no answer. */
export interface BrokerPort {
  /** What is pending, oldest first; `complete` where nothing was left out for length. */
  pending(account: AccountKey): Promise<{ readonly entries: readonly RequestEntry[]; readonly complete: boolean }>;
  /** Hands an answer over; resolves with the broker's signed word, rejects where there was none. */
  respond(account: AccountKey, brokerId: string, answer: JwsOrJwe): Promise<Delivered>;
  /** Says that the request will not be presented; resolves with the broker's signed word, rejects where there was none. */
  refuse(account: AccountKey, brokerId: string): Promise<number>;
  /** The pending entry of a BrokerID, or undefined where the broker says, signed, that it is not pending any more. */
  pendingEntry(account: AccountKey, brokerId: string): Promise<RequestEntry | undefined>;
  /** The state of a request that is not pending any more. */
  statusOf(account: AccountKey, brokerId: string): Promise<RequestStatus | undefined>;
  /** The kids of the devices that the account's broker vouches for under another account of its own; empty where unknown. */
  vouchedKids(account: AccountKey, fromId: string): Promise<readonly string[]>;
}

/** The senders that the user pinned. */
export interface SenderPins {
  /** The fingerprints pinned for a FromID; empty where it is not pinned. */
  pinnedKids(fromId: string): Promise<readonly string[]>;
  /** The FromIDs that are pinned, and the user's own accounts: whose domains a sender's could be taken for. */
  knownIds(): Promise<readonly string[]>;
}

/** What is known of a key from the domain of the name that it signs with. */
export type SenderCheck =
  /** The domain publishes it for this name. */
  | "published"
  /** The domain was asked, and does not. */
  | "absent"
  /** It is being asked. */
  | "running"
  /** It was asked long ago, and is to be asked again before anything is accepted. */
  | "due"
  /** It could not be asked; what it says cannot be read. */
  | "unreachable"
  | "malformed"
  /** It was never asked; the user may. */
  | "offered"
  /** There is nobody to ask. */
  | "none";

/** What the domains of senders publish about their keys. */
export interface SenderDomains {
  /** What is known now; asks nobody. */
  check(fromId: string, kid: string): Promise<SenderCheck>;
}

/** What asks the user for a fingerprint, a PIN or the like. */
export interface PresenceSetting {
  readonly key: PresenceKey;
  /** The user wants to be asked at every yes. */
  readonly always: boolean;
}

export interface ResponderPorts {
  readonly storage: InboxStorage;
  readonly keys: ResponderKeys;
  readonly broker: BrokerPort;
  readonly pins: SenderPins;
  readonly domains: SenderDomains;
  readonly clock: Clock;
  /** The fingerprints of the senders that the user muted. */
  readonly mutedKids?: () => Promise<ReadonlySet<string>>;
  /**
   * How this device proves that its user is there; undefined where that is not set up. Left out where it cannot: what
   * demands it can be rejected only.
   */
  readonly presence?: (account: AccountKey) => Promise<PresenceSetting | undefined>;
}
