/** The engine's errors, told apart by their code. */
import { damagedStore, RESTORE, StoreError } from "../errors.ts";

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** The store's error for whatever the engine threw. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new StoreError("busy", "Another process keeps the store locked.", error);
  }
  if (code.startsWith("SQLITE_FULL")) return new StoreError("full", "The disk of the store is full.", error);
  if (code.startsWith("SQLITE_IOERR")) {
    return new StoreError("unavailable", `The disk of the store does not do what it should (${code}).`, error);
  }
  if (code.startsWith("SQLITE_NOTADB")) {
    return new StoreError("not_a_store", `The file is not an SQLite database. ${RESTORE}`, error);
  }
  if (code.startsWith("SQLITE_CORRUPT")) {
    return damagedStore(`The file does not hold together (${code})`, error);
  }
  return new StoreError("failed", `The store failed${code === "" ? "" : ` (${code})`}.`, error);
}
