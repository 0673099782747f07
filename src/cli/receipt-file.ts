/** The file that `confirm ask --receipt` writes. That it can be written is known before anybody is asked. */
import { lstat, open, rm } from "node:fs/promises";
import { isCode, writePrivateFile } from "../node/index.ts";
import type { Answered } from "../enquirer/index.ts";
import { writeReceipt } from "../receipt/index.ts";
import { CliError, EXIT } from "./exit.ts";
import { systemReason } from "./failure.ts";

/**
 * Writes nothing, but does all that would fail: the receipt is written beside the file and renamed over it, so it must be
 * a file, or nothing yet, in a folder that can be written.
 *
 * @param path - absolute
 * @throws CliError `receipt`
 */
export async function requireWritable(path: string): Promise<void> {
  const trial = `${path}.${String(process.pid)}.tmp`;
  try {
    const found = await lstat(path).catch((error: unknown) => {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    });
    if (found?.isFile() === false) throw unwritable(path, "it is there and is not a file");
    await (await open(trial, "wx", 0o600)).close();
    await rm(trial);
  } catch (error) {
    throw error instanceof CliError ? error : unwritable(path, reasonOf(error));
  }
}

/**
 * @param path - absolute
 * @throws CliError `receipt`: there is an answer, but no proof of it to keep
 */
export async function saveReceipt(path: string, { receipt, result }: Answered): Promise<void> {
  try {
    await writePrivateFile(path, writeReceipt(receipt));
  } catch (error) {
    const sentence = `It was ${result}, but the receipt ${path} could not be written: ${reasonOf(error)}.`;
    throw new CliError(EXIT.failed, sentence, "receipt");
  }
}

function unwritable(path: string, reason: string): CliError {
  return new CliError(EXIT.failed, `The receipt ${path} cannot be written: ${reason}. Nobody was asked.`, "receipt");
}

function reasonOf(error: unknown): string {
  return systemReason(error) ?? (error instanceof Error ? error.message : String(error));
}
