/**
 * A request on its way through the responder (design §7). What is stored is what the broker sent, byte for byte, and
 * where it stands; what is shown and signed is opened again from these bytes each time, so a changed store shows nothing new.
 */
import type { JwsOrJwe, RequestStatus } from "../protocol/index.ts";

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
export type InboxState = (typeof INBOX_STATES)[number];

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
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** How it ended at the broker. `conflict`: another answer came first. `late`: it had expired or was cancelled. */
export const DELIVERIES = ["accepted", "conflict", "late", "unknown_request", "not_allowed"] as const;
export type Delivery = (typeof DELIVERIES)[number];

export interface InboxEntry extends AccountKey {
  /**
   * base64url(SHA-256(protected "." payload)) of the signed request, also of one that came encrypted; with the account, the
   * entry's name. An envelope that did not open has its own digest for a name.
   */
  readonly digest: string;
  readonly brokerId: string;
  /** The request as the broker sent it: an encrypted one is kept as ciphertext. */
  readonly request: JwsOrJwe;
  /** The key that posted it, as the broker says. */
  readonly postedBy: string | undefined;
  /** The broker's order, where it gives one. */
  readonly sequence: number | undefined;
  readonly state: InboxState;
  /** When it came, and, once verified, until when it lives. Milliseconds since 1970. */
  readonly received: number;
  readonly expires: number;
  /** Whether it asks to let a device in: then it is not among the requests, and has a view of its own. */
  readonly endorses: boolean;
  /** Whether the account's broker vouched for the sender's key when the request came. */
  readonly vouched: boolean;
  /** When it was last put on the screen; a decision within 600 ms of it does not count. */
  readonly presented: number | undefined;
  /** The signed answer, from `answered` on. */
  readonly answer: StoredAnswer | undefined;
  readonly refusal: { readonly reason: RefusalReason; readonly detail: string } | undefined;
  /** For `refused`: whether the broker is still to be told. */
  readonly tell: boolean;
  /** When it ended without an answer. */
  readonly ended: number | undefined;
  /** For `withdrawn`: what the broker said became of it. */
  readonly endedAs: RequestStatus | undefined;
}

export interface StoredAnswer {
  /** What is delivered: the signed answer, in an envelope where the request came in one. */
  readonly jws: JwsOrJwe;
  readonly value: boolean;
  /** The signed reason of a no. */
  readonly reason: "unknown" | undefined;
  /** The label that the user accepted, for the history; undefined where the request is encrypted. */
  readonly label: string | undefined;
  /** Where it is encrypted, which of its options was accepted, counted from 0: what it says stays ciphertext. */
  readonly option: number | undefined;
  readonly at: number;
  /** Deliveries tried, and when the next is due. */
  readonly attempts: number;
  readonly nextAttempt: number;
  readonly delivery: Delivery | undefined;
  readonly deliveredAt: number | undefined;
}
