/** Why a browser could not be driven. */
export type BrowserErrorCode =
  /** No such browser on this machine, or it did not start. */
  | "no_browser"
  /** The folder holds no extension, or the browser refused it. */
  | "no_extension"
  /** The popup did not open. */
  | "no_popup"
  /** The browser refused a command, or a script in a page threw. */
  | "command"
  /** What was waited for did not come in time. */
  | "timeout"
  /** The browser is closed. */
  | "closed";

/** A browser could not be driven. */
export class BrowserError extends Error {
  override readonly name = "BrowserError";
  readonly code: BrowserErrorCode;

  constructor(code: BrowserErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
