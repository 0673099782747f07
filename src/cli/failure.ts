/** From what a layer throws to an exit code and a sentence. What nobody expected is 4, with its message. */
import { ClientError } from "../client/index.ts";
import { EnquirerError } from "../enquirer/index.ts";
import { ReceiptError } from "../receipt/index.ts";
import { Reference2017Error } from "../reference2017/index.ts";
import { CliError, EXIT, type Exit } from "./exit.ts";

export interface Failure {
  readonly exit: Exit;
  /** The code of the layer that refused, for `--json`. */
  readonly code: string;
  readonly message: string;
}

/** Explains an error. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { exit: EXIT.failed, code: "internal", message: String(error) };
  // Every layer, and Node for the system's own failures, says what it is in `code`.
  const code = "code" in error && typeof error.code === "string" ? error.code : "internal";
  return { exit: exitOf(error), code, message: sentenceOf(error) };
}

function exitOf(error: Error): Exit {
  if (error instanceof CliError) return error.exit;
  if (error instanceof EnquirerError) {
    return error.code === "undeliverable" || error.code === "code_locked" ? EXIT.undeliverable : EXIT.failed;
  }
  // Another key than the pinned one is no matter of trying again.
  if (error instanceof ClientError) return error.code === "wrong_key" ? EXIT.failed : EXIT.undeliverable;
  if (error instanceof ReceiptError || error instanceof Reference2017Error) return EXIT.no;
  return EXIT.failed;
}

const OF_THE_SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "it is on a read-only disk",
  ENOSPC: "the disk is full",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
};

/** What an error of the system means, in a few words; undefined for any other. */
export function systemReason(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return OF_THE_SYSTEM[code];
}

function sentenceOf(error: Error): string {
  const reason = systemReason(error);
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  return reason === undefined || path === undefined ? error.message : `${path}: ${reason}.`;
}
