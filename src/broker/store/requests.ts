/**
 * Requests and their answers, as every engine keeps them. A request leaves PENDING once, by one conditional write:
 * of an answer, a refusal, a cancellation and the passing of its time, the first that is durable wins.
 */
import type { AuditPlace } from "../../crypto/index.ts";
import type { CoolDownRule } from "./strikes.ts";
import type { Draft, Jws, JwsOrJwe, RequestStatus } from "../../protocol/index.ts";

export interface NewStoredRequest {
  readonly brokerId: string;
  readonly account: string;
  /** base64url(SHA-256(protected "." payload)); of an envelope, what `jweDigest` says. */
  readonly digest: string;
  /** The key that signed; who signed inside an envelope nobody here can see, so there it is the key that posted. */
  readonly signerKid: string;
  /** Who posted it, where the call was authenticated. */
  readonly postedBy: string | undefined;
  readonly enquirerId: string | undefined;
  /** EnquirerID is signed, so the same request again is the same question, not a new one. */
  readonly enquirerIdSigned: boolean;
  /** Undefined where the request is encrypted. */
  readonly fromId: string | undefined;
  /** In which draft it was posted, so that whoever asks for its status is answered in the same. */
  readonly draft: Draft;
  readonly request: JwsOrJwe;
  /** Milliseconds since 1970, both. */
  readonly received: number;
  readonly expire: number;
}

/** How many requests may be pending. Counted and inserted in one transaction. */
export interface PendingCaps {
  readonly perAccount: number;
  /** Of these, for senders that are not verified. */
  readonly perAccountUnverified: number;
  /** For one key at one account. */
  readonly perSender: number;
  readonly senderIsVerified: boolean;
}

export type AddOutcome =
  | { readonly kind: "added"; readonly sequence: number }
  /** The same request is here, and its BrokerID may be told again. */
  | { readonly kind: "repeated"; readonly brokerId: string }
  /** The same request was here, is over, and carries no signed EnquirerID. */
  | { readonly kind: "spent" }
  /** The same envelope was posted by another key: it is not told that one's BrokerID. */
  | { readonly kind: "of_another" }
  /** Another request of this key has this EnquirerID. */
  | { readonly kind: "enquirer_id_used" }
  | { readonly kind: "unknown_account" }
  /** A cap is reached; `until` is when the first of those counted runs out. */
  | { readonly kind: "full"; readonly cap: "account" | "unverified" | "sender"; readonly until: number };

export type KnownRequest = Extract<AddOutcome, { readonly kind: "repeated" | "spent" | "of_another" }>;

/** What a request is for good, without its body. */
export interface KnownOfRequest {
  readonly sequence: number;
  readonly brokerId: string;
  readonly account: string;
  readonly digest: string;
  readonly signerKid: string;
  readonly postedBy: string | undefined;
  readonly enquirerId: string | undefined;
  readonly draft: Draft;
  readonly expire: number;
  /** So its answer is encrypted too, and comes in a call by a device. */
  readonly encrypted: boolean;
}

/** A request as it stands. */
export interface StoredRequest extends KnownOfRequest {
  readonly state: RequestStatus;
  /** The signed answer, where the state is REPLY and it was not erased. */
  readonly response: JwsOrJwe | undefined;
  /** Of that answer, also when it was erased. */
  readonly answered: KeptOfAnswer | undefined;
}

/** What is kept of an answer for good. */
export interface KeptOfAnswer {
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly received: number;
  /** Where the audit log says so, if there was one. */
  readonly place: AuditPlace | undefined;
  readonly stamp: StampSignature | undefined;
}

/** The service's signature over all of that: signing anew whenever somebody asks costs more than the rest of the answer. */
export interface StampSignature {
  /** The service key that signed. */
  readonly kid: string;
  /** base64url. */
  readonly signature: string;
}

export interface PendingRequest {
  readonly sequence: number;
  readonly brokerId: string;
  readonly account: string;
  readonly postedBy: string | undefined;
  readonly enquirerId: string | undefined;
  readonly expire: number;
  readonly request: JwsOrJwe;
}

/** A request that left PENDING. */
export interface Settled {
  readonly brokerId: string;
  readonly account: string;
  readonly state: RequestStatus;
}

export interface NewAnswer {
  readonly sequence: number;
  /** The device that answers: it must be active at the moment of the write. */
  readonly deviceKid: string;
  readonly digest: string;
  readonly response: JwsOrJwe;
  readonly now: number;
  /** Signs that it came, once its place is known; without it nothing is signed ahead. */
  readonly stamp?: (place: AuditPlace) => StampSignature;
  /**
   * What the answer is about, in the same write: a pending device becomes active with this profile, or revoked; an active
   * one that wants this profile has it, or wants it no more.
   */
  readonly endorses?: {
    readonly account: string;
    readonly kid: string;
    readonly profile: Jws;
    readonly accepted: boolean;
  };
  /** For a no: whose requests are rejected, and what makes a cool-down of it. */
  readonly rejects?: { readonly account: string; readonly kid: string; readonly rule: CoolDownRule };
}

export type SettleOutcome =
  /** What is kept of an answer, so that nobody has to read it at once; a refusal has none. */
  | { readonly kind: "settled"; readonly answered?: KeptOfAnswer }
  /** It was settled so before, by the same answer. */
  | { readonly kind: "same" }
  /** It was settled by another answer. */
  | { readonly kind: "different" }
  /** It is over; `now` where this very call found its time passed and said so in the store. */
  | { readonly kind: "over"; readonly state: RequestStatus; readonly now: boolean }
  /** The key is no active device of the account. */
  | { readonly kind: "stranger" };

export interface PendingQuery {
  readonly account: string;
  readonly now: number;
  /** Sequence numbers, both exclusive. */
  readonly after?: number;
  readonly before?: number;
  readonly brokerId?: string;
  readonly limit: number;
}

/** The BrokerIDs of an account's requests, oldest first, by how they stand: what -01 §6.4.1 calls an AccountEntry. */
export interface AccountRequests {
  readonly pending: readonly string[];
  /** With a signed answer. */
  readonly answered: readonly string[];
  /** Over without one. */
  readonly archived: readonly string[];
}

export interface RequestStore {
  requestsOf(account: string): Promise<AccountRequests>;
  /** Adds a request; duplicates first, then caps (undefined: none). */
  addRequest(request: NewStoredRequest, caps: PendingCaps | undefined): Promise<AddOutcome>;
  /** What adding the same request, by this key, would say, if it is known. */
  knownRequest(account: string, digest: string, signerKid: string): Promise<KnownRequest | undefined>;
  request(brokerId: string): Promise<StoredRequest | undefined>;
  /** The same without how it stands, which is less to read. */
  knownOf(brokerId: string): Promise<KnownOfRequest | undefined>;
  /** The request of an account by its digest: what a -00 answer, which has no BrokerID, is over. */
  requestByDigest(account: string, digest: string): Promise<StoredRequest | undefined>;
  /** Pending requests whose time has not passed, oldest first. */
  pending(query: PendingQuery): Promise<readonly PendingRequest[]>;

  answer(answer: NewAnswer): Promise<SettleOutcome>;
  /** REFUSED: the responder will not present it. */
  refuse(refusal: {
    readonly sequence: number;
    readonly deviceKid: string;
    readonly now: number;
  }): Promise<SettleOutcome>;
  /** ECANCEL, or EXPIRED where its time has passed. True where this call changed the state. */
  cancel(sequence: number, now: number): Promise<boolean>;
  /** EXPIRED, if it is pending and its time has passed. True where this call changed the state. */
  expire(sequence: number, now: number): Promise<boolean>;
  /** Marks pending requests whose time has passed, at most `limit`, and says which. */
  expireDue(now: number, limit: number): Promise<readonly Settled[]>;
}
