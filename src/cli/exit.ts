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

/** Ends a command with a code and a sentence for the user. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exit: Exit;

  constructor(exit: Exit, message: string) {
    super(message);
    this.exit = exit;
  }
}
