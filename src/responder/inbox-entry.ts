/**
 * A request on its way through the responder (design §7). What is stored is what the broker sent, byte for byte, and
 * where it stands; what is shown and signed is opened again from these bytes each time, so a changed store shows nothing
 * new. As text it is the same wherever it is stored, and read back through its shape, so that a damaged one is noticed.
 */
import {
  boolean,
  BrokerId,
  FlattenedJws,
  integer,
  JwsOrJwe,
  Kid,
  LIMITS,
  object,
  oneOf,
  type ReadOf,
  REASONS,
  REQUEST_STATUSES,
  scanJson,
  Sha256,
  text,
} from "../protocol/index.ts";

/** The account that a request came through. The same account at two brokers is two. */
export interface AccountKey {
  /** Account id, domain in lower case. */
  readonly account: string;
  /** The broker's endpoint. */
  readonly broker: string;
}

export const INBOX_STATES = [
  "received",
  "verified",
  "presented",
  "answered",
  "delivered",
  "expired",
  "withdrawn",
  "refused",
] as const;

/** Why the machine refused to show a request. Each has a sentence in the user's language. */
export const REFUSAL_REASONS = [
  "signature",
  "malformed",
  "encryption",
  "other_account",
  "dates",
  "text",
  "unsupported",
  "sanitizer",
  "blocked",
] as const;

/**
 * How the sender is known. `pinned`: by the user. `domain`: the name's domain publishes the key. `local`: the broker's word.
 * `unverified`: by nothing.
 * `changed`: the user pinned this name with another key, so it is not to be accepted.
 */
export const TRUSTS = ["pinned", "domain", "local", "unverified", "changed"] as const;
export type Trust = (typeof TRUSTS)[number];

/** How it ended at the broker. `conflict`: another answer came first. `late`: it had expired or was cancelled. */
export const DELIVERIES = ["accepted", "conflict", "late", "unknown_request", "not_allowed"] as const;

/** Milliseconds since 1970. A date before that is odd, but it can be signed, and what was stored must be readable. */
const Instant = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const Count = integer(0, Number.MAX_SAFE_INTEGER);

const StoredAnswer = object(
  {
    /** What is delivered: the signed answer, in an envelope where the request came in one. */
    jws: JwsOrJwe,
    value: boolean,
    at: Instant,
    /** Deliveries tried, and when the next is due. */
    attempts: Count,
    nextAttempt: Instant,
  },
  {
    /** The signed reason of a no. */
    reason: oneOf(...REASONS),
    /** The label that the user accepted, for the history; not where the request is encrypted. */
    label: text(1, 100),
    /** Where it is encrypted, which of its options was accepted, counted from 0: what it says stays ciphertext. */
    option: integer(0, 100),
    /** How the sender was known then; not where the broker asks, nor in answers of before this was kept. */
    trust: oneOf(...TRUSTS),
    delivery: oneOf(...DELIVERIES),
    deliveredAt: Instant,
    /** The broker's word on when it took the answer in, where it gave one; nothing of it is verified. */
    stamp: FlattenedJws,
  },
);

const InboxEntry = object(
  {
    account: text(3, 254),
    broker: text(1, 500),
    /**
     * base64url(SHA-256(protected "." payload)) of the signed request, also of one that came encrypted; with the account,
     * the entry's name. An envelope that did not open has its own digest for a name.
     */
    digest: Sha256,
    brokerId: BrokerId,
    /** The request as the broker sent it: an encrypted one is kept as ciphertext. */
    request: JwsOrJwe,
    state: oneOf(...INBOX_STATES),
    /** When it came, and, once verified, until when it lives. */
    received: Instant,
    expires: Instant,
    /** Whether the account's broker vouched for the sender's key when the request came. */
    vouched: boolean,
  },
  {
    /** Whether it asks to let a device in: then it is not among the requests, and has a view of its own. */
    endorses: boolean,
    /** For `refused`: whether the broker is still to be told. */
    tell: boolean,
    /** The key that posted it, as the broker says. */
    postedBy: Kid,
    /** The broker's order, where it gives one. */
    sequence: Count,
    /** When it was last put on the screen; a decision within 600 ms of it does not count. */
    presented: Instant,
    /** The signed answer, from `answered` on. */
    answer: StoredAnswer,
    refusal: object({ reason: oneOf(...REFUSAL_REASONS), detail: text(0, 2000) }),
    /** When it ended without an answer. */
    ended: Instant,
    /** For `withdrawn`: what the broker said became of it. */
    endedAs: oneOf(...REQUEST_STATUSES),
  },
);

/** What is not in entries of before it was kept. */
const BEFORE: { readonly endorses: boolean; readonly tell: boolean } = { endorses: false, tell: false };

/** What is undefined is not written, so it may be said or left out. */
type Loose<T> = { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] };
export type StoredAnswer = Loose<ReadOf<typeof StoredAnswer>>;
export type InboxEntry = Loose<Omit<ReadOf<typeof InboxEntry>, "answer"> & { readonly answer?: StoredAnswer }> &
  typeof BEFORE;
export type InboxState = InboxEntry["state"];
export type RefusalReason = NonNullable<InboxEntry["refusal"]>["reason"];
export type Delivery = NonNullable<StoredAnswer["delivery"]>;

/** Writes an entry as JSON. */
export function writeStoredEntry(entry: InboxEntry): string {
  return JSON.stringify(entry);
}

/**
 * Reads what `writeStoredEntry` wrote.
 *
 * @throws ProtocolError where it is something else
 */
export function readStoredEntry(json: string): InboxEntry {
  return { ...BEFORE, ...InboxEntry.read(scanJson(json, LIMITS.answerBytes), "entry") };
}
