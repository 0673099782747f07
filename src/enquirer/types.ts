/** What goes into the SDK and what comes out of it. */
import type { PrivateJwk } from "../crypto/index.ts";
import {
  AccountId,
  boolean,
  BrokerId,
  integer,
  Jws,
  Kid,
  LIMITS,
  list,
  MatchCode,
  object,
  type ReadOf,
  Sha256,
  type Shape,
  text,
} from "../protocol/index.ts";
import type { Receipt, ReceiptTrust } from "../receipt/index.ts";
import type { SrmlInput } from "../srml/index.ts";

/** Who may answer: a device whose fingerprint was compared, a stored pin, what was endorsed from them, or whoever the broker names the first time. */
export interface AnswererRule {
  /** Only this device's fingerprint counts, and devices that were endorsed from it. */
  readonly pin?: string;
  /** Where no pin is stored for the account, take the devices that the broker names, and store them. Default false. */
  readonly trustOnFirstUse?: boolean;
}

export interface Question extends AnswererRule {
  /** The account to ask, such as `alice@example.com`. */
  readonly to: string;
  /** The text, as its parts or as SRML. */
  readonly request: SrmlInput | string;
  /**
   * Ask for a code: six digits that your own page shows, and that the user types where they answer. The yes then proves
   * that they saw your page. They are `match.code` of what `post` returns; with it the request can have no buttons.
   */
  readonly match?: boolean;
  /** Told the code as soon as the request is posted. */
  readonly onMatchCode?: (code: string) => void;
  /**
   * Demand a proof of presence: the user's authenticator must have asked for a fingerprint, a PIN or the like. It stops
   * whoever has a copy of the device's key. Its own key counts if it is pinned, let in by one that counts, or, with
   * `trustOnFirstUse`, the first that the device names; then it is stored. Default false.
   */
  readonly presence?: boolean;
  /** How long the request may be answered, in milliseconds; default 5 minutes, at most 7 days. */
  readonly lifeMs?: number;
  /**
   * Encrypt the request for the devices that may answer, and have the answer encrypted: the broker then sees who asks
   * whom and when, and neither text nor answer. Default false.
   */
  readonly encrypt?: boolean;
}

const coordinate = text(43, 43);
const ReplyKey: Shape<PrivateJwk> = object({
  kty: text(1, 8),
  crv: text(1, 16),
  x: coordinate,
  y: coordinate,
  d: coordinate,
});

const PostedShape = object(
  {
    brokerId: BrokerId,
    endpoint: text(1, 500),
    to: AccountId,
    /** As it was signed, in clear. */
    request: Jws,
    expire: integer(0, Number.MAX_SAFE_INTEGER),
    pins: list(Kid, 0, 8),
    trustOnFirstUse: boolean,
  },
  {
    match: object({ nonce: Sha256, code: MatchCode }),
    replyKey: ReplyKey,
    /** Where presence is demanded, the profiles whose keys for it count. */
    presence: list(Jws, 1, LIMITS.devices),
  },
);

/**
 * A request that the broker took: plain data, so that another process can wait for its answer. Where it was encrypted,
 * `replyKey` is the private key that opens the answer: keep it as you would keep the answer.
 */
export type Posted = ReadOf<typeof PostedShape>;
export const Posted = PostedShape;

/** An answer that verified. */
export interface Answered {
  readonly result: "accepted" | "rejected";
  /** The option that was accepted: its value (its label if it has none), and its label. */
  readonly choice: string | undefined;
  readonly label: string | undefined;
  /** `unknown`: the user says that they did not start this. */
  readonly reason: "unknown" | undefined;
  /** The device that signed, and how it is known. */
  readonly deviceKid: string;
  readonly trust: ReceiptTrust;
  readonly receipt: Receipt;
}

export type AskResult =
  | Answered
  /** The user typed another code than the one shown: not a yes. */
  | { readonly result: "wrong_code"; readonly deviceKid: string }
  /** Nobody answered: its time was over, it was cancelled, the caller's time was over, or the caller gave up. */
  | { readonly result: "expired" | "cancelled" | "timeout" | "aborted" }
  /** The responder would not show it, or the account or its last device is gone. */
  | { readonly result: "refused" | "removed" };

export interface WaitOptions {
  /** Give up, and cancel, after so many milliseconds; default: when the request expires. */
  readonly timeoutMs?: number;
  /** Give up, and cancel, when this aborts; an answer that comes at the same time does not count. */
  readonly signal?: AbortSignal;
  /**
   * What becomes of the request when the caller gives up before it expires: `cancel` it (the default), or `leave` it, for
   * a process that ends and waits again after its restart.
   */
  readonly whenGivenUp?: "cancel" | "leave";
}

/** Something that the caller may want to tell or log; none of it stops the call. */
export type Notice =
  | { readonly kind: "service_first_use"; readonly endpoint: string; readonly kid: string }
  /** The broker's pinned key handed over to this one, which is pinned now. */
  | {
      readonly kind: "service_key_replaced";
      readonly endpoint: string;
      readonly kid: string;
      readonly former: string;
    }
  | { readonly kind: "device_first_use"; readonly account: string; readonly kids: readonly string[] }
  /** The first key for presence of a device was taken on the device's own word, and pinned. */
  | { readonly kind: "presence_first_use"; readonly account: string; readonly device: string; readonly kid: string }
  /** A device names another key for presence than the one that counts: it does not. */
  | { readonly kind: "unpinned_presence"; readonly account: string; readonly device: string; readonly kid: string }
  | { readonly kind: "unpinned_device"; readonly account: string; readonly kids: readonly string[] }
  /** A known device was revoked, by itself or one that let it in, or by its broker on recovery. Told once. */
  | {
      readonly kind: "device_revoked";
      readonly account: string;
      readonly device: string;
      readonly by: "device" | "service";
    }
  | { readonly kind: "waiting"; readonly brokerId: string; readonly expire: number }
  | { readonly kind: "retrying"; readonly why: string }
  /** The broker's stamp on an answer does not hold, so the receipt is without. */
  | { readonly kind: "stamp_dropped"; readonly why: string }
  /** The caller gave up, and the broker could not be told: until it expires the request can still be answered. */
  | { readonly kind: "not_cancelled"; readonly brokerId: string };
