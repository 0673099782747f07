/** What a screen gets to see of the inbox: plain data, made from verified bytes, safe to hand to another context. */
import type { DomainView, Srml } from "../srml/index.ts";
import type { AccountKey, Delivery, RefusalReason, Trust } from "./inbox-entry.ts";
import type { PresenceAssertion, RequestStatus } from "../protocol/index.ts";
import type { SenderCheck } from "./ports.ts";

/** Names one request of one account; the account's broker is part of the name. */
export interface RequestRef extends AccountKey {
  /** The BrokerID. */
  readonly id: string;
  readonly digest: string;
}

export interface SenderView {
  readonly trust: Trust;
  /** The name that the sender signed with: a fact only where `trust` is `pinned`, `domain` or `local`. */
  readonly fromId: string;
  /** The domain of `fromId`, and what to know of it. */
  readonly domain: DomainView;
  /** Of an unverified sender: whether its domain was asked, and can be. Else `none`. */
  readonly check: SenderCheck;
  /** The fingerprint of the key that signed. */
  readonly kid: string;
  /** How many requests of this key the user accepted before. It proves nothing. */
  readonly acceptedBefore: number;
  /** The user wants no notification of it. */
  readonly muted: boolean;
}

/**
 * `ask`: Accept asks for it. `unset`: the request demands it, and it is not set up on this device. `unable`: it demands it,
 * and this program or browser cannot. In these two it can only be rejected.
 */
export type PresenceState = "ask" | "unset" | "unable";

/** What to have signed, so that an Accept counts. Nothing is kept of it: it comes back with the proof. */
export interface PresencePrompt {
  /** base64url(SHA-256(the answer's payload)). */
  readonly challenge: string;
  /** base64url. */
  readonly credentialId: string;
  /** The date that the answer will have, in milliseconds since 1970. */
  readonly created: number;
}

/** The proof that a prompt led to. */
export interface PresenceProof {
  readonly created: number;
  readonly assertion: PresenceAssertion;
}

/** A verified request, to be shown whole. Instants are milliseconds since 1970. */
export interface RequestView extends RequestRef {
  /** The account's domain with U-labels; undefined where that is the same. */
  readonly accountDomain: string | undefined;
  readonly sender: SenderView;
  readonly srml: Srml;
  /** A code that the sender shows elsewhere must be typed to accept; then there are no buttons. */
  readonly match: boolean;
  /** What an Accept takes besides the press: a fingerprint, PIN or the like. */
  readonly presence: PresenceState | undefined;
  /** When the sender says it asked; undefined where it did not sign that ("undated"). */
  readonly created: number | undefined;
  readonly expires: number;
  /** How many devices can read it, this one included; 0 where it came in clear. */
  readonly encryptedFor: number;
}

/**
 * The account's own broker asks whether a new device may answer too, or one that does already may change its keys. There is
 * no text to show: who asks is known, and what it asks. The user types the end of the fingerprint from the device's screen.
 */
export interface EndorsementView extends RequestRef {
  readonly kind: "endorsement";
  /** It answers already, the broker says, and wants to change its keys. */
  readonly known: boolean;
  /** The first four groups of the device's fingerprint; the last two are not told to a screen. */
  readonly fingerprintStart: string;
  /** Its key for presence, which is let in with it: the fingerprint, and for what party it asks, at which place. */
  readonly presence: { readonly kid: string; readonly rpId: string; readonly origin: string } | undefined;
  readonly created: number | undefined;
  readonly expires: number;
}

/** What became of a request that was on the screen. */
export type ResultView = RequestRef & {
  /** It asked to let a device in; then its text is nobody's to read, and `heading` and `fromId` are empty. */
  readonly endorses: boolean;
  readonly heading: string;
  readonly fromId: string;
  /** The fingerprint of the key that verifiably signed it; undefined where that is not known. */
  readonly kid: string | undefined;
} & (
    | {
        readonly kind: "answered";
        readonly value: boolean;
        /** "It wasn't me". */
        readonly reason: "unknown" | undefined;
        /** The option that was accepted, as its label. */
        readonly label: string | undefined;
        /** It is a yes with a code that the user typed: only the sender can say whether it is the right one. */
        readonly code: boolean;
        readonly at: number;
        /** Undefined while the answer is still to be delivered. */
        readonly delivery: Delivery | undefined;
        readonly deliveredAt: number | undefined;
        readonly attempts: number;
      }
    | { readonly kind: "expired" }
    | { readonly kind: "withdrawn"; readonly status: RequestStatus | undefined }
    | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string }
  );

/** What the user decided, about exactly one request. */
export interface Decision extends RequestRef {
  readonly value: boolean;
  /** The chosen button's value (its label if it has none), or the code that was typed; undefined where the request has no buttons, and for a no. */
  readonly choice: string | undefined;
  /** Whether the user ticked "I expected this"; needed to accept an unverified sender. */
  readonly expected: boolean;
  /** "It wasn't me": a no, with the signed reason `unknown`. */
  readonly reason: "unknown" | undefined;
  /** For a yes that needs it. */
  readonly presence?: PresenceProof;
}

/** What the user decided about a new device. */
export interface EndorsementDecision extends RequestRef {
  readonly value: boolean;
  /** For a yes: the last two groups of the new device's fingerprint, as the user typed them. */
  readonly typed: string | undefined;
  /** "It wasn't me": a no, with the signed reason `unknown`. */
  readonly reason: "unknown" | undefined;
  /** For a yes that needs it. */
  readonly presence?: PresenceProof;
}

/** Why a decision did not count. Nothing was signed. */
export type DecisionRefusal =
  /** No such request here. */
  | "not_found"
  /** It was never put on the screen, or another text was. */
  | "not_presented"
  /** Less than 600 ms after it was put on the screen. */
  | "too_soon"
  /** Answered, expired or withdrawn in the meantime. */
  | "not_pending"
  /** The choice is none of the request's options, or no code where one is asked for, or is missing; or the decision says yes and gives a reason for a no. */
  | "choice"
  /** An unverified sender, and no tick; or a sender whose key changed. */
  | "sender"
  /** The proof of presence does not hold. */
  | "presence"
  /** The request demands a proof of presence, and this device has none to give. */
  | "presence_unable"
  /** The answer could not be stored, so it was not given. */
  | "storage";

export type DecisionOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly refusal: DecisionRefusal }
  /** It counts once the user has proved to be there. Nothing is signed or stored yet. */
  | { readonly ok: false; readonly refusal: "prompt"; readonly prompt: PresencePrompt };

/** `fingerprint`: what was typed is not the end of the new device's fingerprint. */
export type EndorsementOutcome = DecisionOutcome | { readonly ok: false; readonly refusal: "fingerprint" };
