/** What a verifier looked at: each check by its name, in the order in which they were made. */
/** The checks of a receipt. `docs/protocol.md` says what each one proves. */
export const CHECK_NAMES = [
  "answer_signature",
  "same_request",
  "request_signature",
  "demands",
  "text",
  "choice",
  "dates",
  "presence",
  "match",
  "device",
  "revocation",
  "stamp",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export interface Check {
  readonly name: CheckName;
  /** `ignored`: it is there, and nothing was concluded from it; `detail` says why. */
  readonly outcome: "passed" | "failed" | "ignored";
  /** A sentence, or a part of one, for a person. */
  readonly detail: string;
}
