/** From each code that the background hands over to the key of its words in `public/_locales`. Pure. */
import type {
  DecisionRefusal,
  Delivery,
  PresenceState,
  RefusalReason,
  ResultView,
  Trust,
} from "../../responder/index.ts";
import type { BlockState } from "../messages.ts";
import type { RequestStatus } from "../../protocol/index.ts";
import type { IconName } from "../page/icons.ts";
import type { Wait } from "./arming.ts";

/** How the sender is known, in a word, and the sentence that explains it. */
export const TRUST: Readonly<Record<Trust, { readonly word: string; readonly why: string }>> = {
  pinned: { word: "trustPinned", why: "trustPinnedWhy" },
  domain: { word: "trustDomain", why: "trustDomainWhy" },
  local: { word: "trustLocal", why: "trustLocalWhy" },
  unverified: { word: "trustUnverified", why: "trustUnverifiedWhy" },
  changed: { word: "trustChanged", why: "trustChangedWhy" },
};

/** The line under the buttons: why Accept waits. */
export const WAITS: Readonly<Record<Wait, string>> = {
  forbidden: "waitForbidden",
  expired: "waitExpired",
  acted: "waitActed",
  prompt: "waitPrompt",
  presenting: "waitMoment",
  checking: "waitChecking",
  read: "waitRead",
  tick: "waitTick",
  choose: "waitChoose",
  code: "waitCode",
  device: "waitDevice",
  attention: "waitAttention",
  moment: "waitMoment",
};

/** Over the buttons: that Accept asks for a fingerprint or PIN, or why it cannot. */
export const PRESENCE: Readonly<Record<PresenceState, string>> = {
  ask: "presenceAsk",
  unset: "presenceUnset",
  unable: "presenceUnable",
};

/** What to say of a decision that did not count; undefined where the request is over, and its result says it. */
export const NOT_COUNTED: Readonly<Record<DecisionRefusal | "fingerprint", string | undefined>> = {
  fingerprint: "notCountedFingerprint",
  not_found: undefined,
  not_pending: undefined,
  not_presented: "notCountedTooSoon",
  too_soon: "notCountedTooSoon",
  choice: "notCountedChoice",
  sender: "notCountedSender",
  presence: "notCountedPresence",
  presence_unable: "presenceUnset",
  storage: "notCountedStorage",
};

/** Why the machine did not show a request. */
export const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  signature: "refusedSignature",
  malformed: "refusedMalformed",
  encryption: "refusedEncryption",
  other_account: "refusedOtherAccount",
  dates: "refusedDates",
  text: "refusedText",
  unsupported: "refusedUnsupported",
  sanitizer: "refusedSanitizer",
  blocked: "refusedBlocked",
};

/** How a block stands that the user wants. */
export const BLOCKS: Readonly<Record<BlockState, string>> = {
  wanted: "blockWanted",
  retried: "blockRetried",
  done: "blockDone",
  full: "blockFull",
  not_allowed: "blockNotAllowed",
};

const UNDELIVERED: Readonly<Record<Exclude<Delivery, "accepted">, string>> = {
  conflict: "deliveryConflict",
  late: "deliveryLate",
  unknown_request: "deliveryUnknownRequest",
  not_allowed: "deliveryNotAllowed",
};

const WITHDRAWN: Readonly<Record<RequestStatus, string>> = {
  PENDING: "withdrawn",
  REPLY: "withdrawnReply",
  REFUSED: "withdrawnRefused",
  ECANCEL: "withdrawnEcancel",
  BCANCEL: "withdrawnBcancel",
  EXPIRED: "expired",
};

export interface Outcome {
  readonly icon: IconName;
  /** The first line. */
  readonly title: string;
  /** The label that was accepted, which the title repeats. */
  readonly label: string | undefined;
  /** What came of it, and what to do. */
  readonly line: string;
  /** A further sentence. */
  readonly note: string | undefined;
  /** An instant that the line names, in milliseconds since 1970. */
  readonly at: number | undefined;
}

/** The words for what became of a request. */
export function outcomeOf(result: ResultView): Outcome {
  const over = { icon: "over", label: undefined, at: undefined, line: "nothingSigned", note: undefined } as const;
  switch (result.kind) {
    case "answered":
      return answered(result);
    case "expired":
      return { ...over, title: "expired" };
    case "withdrawn":
      return { ...over, title: WITHDRAWN[result.status ?? "PENDING"] };
    case "refused":
      return { ...over, icon: "problem", title: "refusedTitle", line: REFUSALS[result.reason] };
  }
}

function titleOf(value: boolean, label: string | undefined, endorses: boolean): string {
  if (endorses) return value ? "youLetIn" : "youTurnedAway";
  if (!value) return "youRejected";
  return label === undefined ? "youAccepted" : "youAcceptedLabel";
}

function answered(result: ResultView & { readonly kind: "answered" }): Outcome {
  const { value, label, code, delivery, endorses } = result;
  const words = {
    label: value ? label : undefined,
    title: titleOf(value, label, endorses),
    at: undefined,
    note: code ? "codeNote" : result.reason === "unknown" && !endorses ? "notMeNote" : undefined,
  };
  const icon = value ? "accepted" : "rejected";
  switch (delivery) {
    case undefined:
      return { ...words, icon, line: result.attempts === 0 ? "deliveryUnderWay" : "deliveryUnreachable" };
    case "accepted":
      return { ...words, icon, line: "delivered", at: result.deliveredAt ?? result.at };
    default:
      return { ...words, icon: "problem", line: UNDELIVERED[delivery], note: code ? undefined : words.note };
  }
}
