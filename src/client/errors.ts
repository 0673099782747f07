/** Failures of a call to a broker. */
import type { Outcome } from "../protocol/index.ts";

/** Why a call brought no answer that counts. */
export type ClientErrorCode =
  /** Nothing listens there, or the connection broke. */
  | "unreachable"
  /** No answer in time. */
  | "timeout"
  /** The caller gave up. */
  | "aborted"
  /** The answer is not signed by the broker's pinned key, or belongs to another call. */
  | "not_signed"
  /** The answer is signed by another key than the pinned one. */
  | "wrong_key"
  /** The answer is not a message of the protocol, or too large. */
  | "malformed"
  /** The broker says that this clock is off. */
  | "clock"
  /** The broker said no, signed; its status is in `status`. */
  | "refused";

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  /** For `clock`: how far this clock is ahead of the broker's, in seconds; negative where it is behind. */
  readonly aheadSeconds: number | undefined;
  /** For `refused`: the broker's status. For `not_signed`: HTTP's. */
  readonly status: number | undefined;
  /** For `refused`: what the broker says that this device is, where it is not active. */
  readonly deviceState: Outcome["DeviceState"];

  constructor(
    code: ClientErrorCode,
    message: string,
    more: Partial<Pick<ClientError, "aheadSeconds" | "status" | "deviceState">> = {},
  ) {
    super(message);
    this.code = code;
    this.aheadSeconds = more.aheadSeconds;
    this.status = more.status;
    this.deviceState = more.deviceState;
  }
}
