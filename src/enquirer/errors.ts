/** Why a request could not be asked, or its answer not be taken. Nothing here is ever a yes. */
export type EnquirerErrorCode =
  /** The account, text or option given is not usable. */
  | "usage"
  /** Nobody said which device may answer, and first use was not allowed. */
  | "no_pin"
  /** The broker revoked every pinned device, on recovery: a person must compare the new one's fingerprint. */
  | "device_replaced"
  /** Every pinned device was revoked, by itself or one that endorsed it. */
  | "device_revoked"
  /** Presence is demanded, and no device that may answer has a key for it that counts. */
  | "no_presence"
  /** The broker does not take it (its status is in `status`), or cannot be reached. */
  | "undeliverable"
  /** Too many wrong codes were typed for the account: no code is asked of it for a while. */
  | "code_locked"
  /** The answer does not verify, or is by a device that may not answer. */
  | "untrusted_answer"
  /** The broker's key is not the one that is pinned. */
  | "broker_key_changed";

export class EnquirerError extends Error {
  override readonly name = "EnquirerError";
  readonly code: EnquirerErrorCode;
  /** The broker's status, where it gave one. */
  readonly status: number | undefined;

  constructor(code: EnquirerErrorCode, message: string, status?: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
