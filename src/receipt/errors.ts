import type { Check } from "./checks.ts";

/** Why a receipt does not prove what it says. */
export type ReceiptErrorCode =
  /** Not a receipt, or something in it has another form. */
  | "malformed"
  /** One of the signatures does not hold. */
  | "signature"
  /** The answer is over another request than the one that was posted. */
  | "other_request"
  /** The answer's signer is not anchored: neither pinned nor endorsed from a pin. */
  | "not_anchored"
  /** The device was revoked before it signed. */
  | "revoked"
  /** What claims to endorse a device does not. */
  | "endorsement"
  /** The chosen option is none of the request's, or is missing; or the answer contradicts itself. */
  | "choice"
  /** Another code was typed than the one that the enquirer showed. */
  | "wrong_code"
  /** The request asks for a code, and its nonce and code are missing, or are others. */
  | "match"
  /** The request asks for a proof of presence, and there is none, or none by a key that counts. */
  | "presence"
  /** The dates contradict each other. */
  | "dates"
  /** The broker's stamp does not belong to this answer, or its date cannot be. */
  | "stamp"
  /** The text is not SRML that a responder would have shown. */
  | "text"
  /** The request demands something of a yes that is not checked here. */
  | "unsupported";

/** A receipt that does not verify. `message` says which check failed. */
export class ReceiptError extends Error {
  override readonly name = "ReceiptError";
  readonly code: ReceiptErrorCode;
  /** What was checked until then, the check that failed last; empty where nothing could be read. */
  readonly checks: readonly Check[];

  constructor(code: ReceiptErrorCode, message: string, checks: readonly Check[] = []) {
    super(message);
    this.code = code;
    this.checks = checks;
  }
}
