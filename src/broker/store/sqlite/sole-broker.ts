/**
 * One broker at a time on a folder: it holds the lock of a second, empty SQLite file, which the system lets go of when the
 * process ends, however it ends. The operator's commands do not ask for it.
 */
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { StoreError } from "../errors.ts";
import { asStoreError } from "./sqlite-error.ts";

/** The file whose lock a folder's broker holds; it stays when the broker ends. */
export function lockIn(directory: string): string {
  return join(directory, "broker.lock");
}

/**
 * Takes the folder for this broker.
 *
 * @returns lets go of it
 * @throws StoreError `in_use` where another broker has it; `failed`
 */
export function holdFolder(directory: string): () => void {
  const path = lockIn(directory);
  let lock: Database.Database | undefined;
  try {
    closeSync(openSync(path, "a", 0o600));
    lock = new Database(path);
    // Nothing is written, so there is nothing to journal.
    lock.exec("PRAGMA journal_mode = OFF");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    throw refusal(asStoreError(error), directory);
  }
  const held = lock;
  return () => void held.close();
}

function refusal(error: StoreError, directory: string): StoreError {
  if (error.code !== "busy") return error;
  return new StoreError(
    "in_use",
    `Another broker has its data in ${directory}: stop that one, or give this one a folder of its own. ` +
      "Several brokers share a PostgreSQL (--store).",
    error,
  );
}
