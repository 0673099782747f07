/** Exit codes (design §9). Nothing but acceptance is ever 0 in `ask`. */
export const EXIT = {
  /** Done; for `ask`: accepted. */
  done: 0,
  /** `ask`: rejected. `verify`: does not verify, or the signer is not anchored. */
  no: 1,
  /** `ask`: no answer in time. */
  noAnswer: 2,
  /** Refused, not deliverable, the broker cannot be reached. */
  undeliverable: 3,
  /** Usage, an internal failure, a bad signature. */
  failed: 4,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What `--json` calls a failure of the command line itself. */
export type CliErrorCode =
  /** The command was typed wrong, or asks for what is not there. */
  | "usage"
  /** A file of the home folder is not what it was. */
  | "damaged"
  /** The request is not one that can be answered any more, or by this device. */
  | "not_answered"
  /** The answer is stored and still to be delivered. */
  | "not_delivered"
  /** The broker said no. */
  | "refused"
  /** Ctrl-C before anybody was asked. */
  | "given_up"
  /** The store cannot be used now. */
  | "store"
  /** The receipt could not be written. */
  | "receipt";

/** Ends a command with a code and a sentence for the user. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exit: Exit;
  readonly code: CliErrorCode;

  constructor(exit: Exit, message: string, code: CliErrorCode = "usage") {
    super(message);
    this.exit = exit;
    this.code = code;
  }
}
