/** What a broker allows: who may ask, and how much of everything. The operator's file changes any of it. */
import { LIMITS } from "../../protocol/index.ts";
import type { CoolDownRule } from "../store/index.ts";

/** Tokens come back at `perSecond`, up to `burst`; what finds none is refused with 429. */
export interface BucketRule {
  readonly perSecond: number;
  readonly burst: number;
}

/** How many requests may be pending at one account. */
export interface PendingLimits {
  readonly account: number;
  /** Of these, by senders that are not verified. */
  readonly unverified: number;
  /** By one key that is not verified. */
  readonly unverifiedSender: number;
  /** By one key that is verified: a device of FromID's account, a registered enquirer, a key of FromID's domain. */
  readonly verifiedSender: number;
}

export interface Limits {
  /** For each source address, before anything is read or verified. */
  readonly address: BucketRule;
  /** For each key, once its signature held. */
  readonly kid: BucketRule;
  /** Wrong proofs in Connect, for each source address. */
  readonly wrongProofs: BucketRule;
  readonly pending: PendingLimits;
  /** What makes a sender wait whose requests an account keeps rejecting. */
  readonly coolDown: CoolDownRule;
}

/** Whose requests are taken; each class includes those before it. */
export const ENQUIRER_CLASSES = ["local", "registered", "domain", "any"] as const;
export type EnquirerClass = (typeof ENQUIRER_CLASSES)[number];

export interface Policy {
  /** Undefined: no buckets and no caps. */
  readonly limits: Limits | undefined;
  /** Undefined: `any` on loopback, else `domain`. */
  readonly enquirers: EnquirerClass | undefined;
  /** The longest message and the longest signed request, in bytes; never more than the protocol's own. */
  readonly messageBytes: number;
  readonly requestBytes: number;
  readonly lookups: {
    /** Looks keys up at addresses of private networks too: for tests. */
    readonly allowPrivate: boolean;
  };
}

export const DEFAULT_LIMITS: Limits = {
  address: { perSecond: 100, burst: 500 },
  kid: { perSecond: 50, burst: 200 },
  wrongProofs: { perSecond: 10 / 60, burst: 10 },
  pending: { account: 50, unverified: 10, unverifiedSender: 1, verifiedSender: 5 },
  coolDown: { rejections: 3, withinMs: 10 * 60_000, firstMs: 10 * 60_000, longestMs: 24 * 3600_000 },
};

export const DEFAULT_POLICY: Policy = {
  limits: DEFAULT_LIMITS,
  enquirers: undefined,
  messageBytes: LIMITS.messageBytes,
  requestBytes: LIMITS.requestBytes,
  lookups: { allowPrivate: false },
};
