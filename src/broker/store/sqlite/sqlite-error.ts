/** The engine's errors, told apart by their code. */
import { StoreError } from "../errors.ts";

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
  if (code.startsWith("SQLITE_NOTADB"))
    return new StoreError("not_a_store", "The file is not an SQLite database.", error);
  return new StoreError("failed", `The store failed${code === "" ? "" : ` (${code})`}.`, error);
}
