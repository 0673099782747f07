/** Why the demo could not go on. */
export type LauncherErrorCode =
  /** An unknown option. */
  | "usage"
  /** There is no browser, or it did not start. */
  | "no_browser"
  /** The broker or the bank did not start, or ended by itself. */
  | "process"
  /** A page did not show what it has to show. */
  | "step";

/** The demo could not go on: one sentence that says why, and one that says what to do. */
export class LauncherError extends Error {
  override readonly name = "LauncherError";
  readonly code: LauncherErrorCode;
  readonly next: string;

  constructor(code: LauncherErrorCode, message: string, next: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}
