/** What became of a request, and how its sender is known, as keys of words, for both pages. Pure. */
import type { RequestStatus } from "../../protocol/index.ts";
import type { Delivery, RefusalReason, ResultView, Trust } from "../../responder/index.ts";
import type { IconName } from "./icons.ts";

/** How the sender is known, in a word, and the sentence that explains it. */
export const TRUST: Readonly<Record<Trust, { readonly word: string; readonly why: string }>> = {
  pinned: { word: "trustPinned", why: "trustPinnedWhy" },
  domain: { word: "trustDomain", why: "trustDomainWhy" },
  local: { word: "trustLocal", why: "trustLocalWhy" },
  unverified: { word: "trustUnverified", why: "trustUnverifiedWhy" },
  changed: { word: "trustChanged", why: "trustChangedWhy" },
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
