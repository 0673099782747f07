/** The engine's errors, told apart by their SQLSTATE; one without was not said by the server, so the line to it is broken. */
import pg from "pg";
import { damagedStore, StoreError } from "../errors.ts";

/** Waited too long for a lock or an answer, or two transactions held each other up: nothing of it is kept. */
const BUSY = ["55P03", "57014", "40001", "40P01"];
/** No room on the disk. */
const FULL = "53100";
/** The server found a page or an index that is not what it wrote. */
const DAMAGED = ["XX001", "XX002"];
/** No line, starting or stopping, too many connections or too little memory, or a server that only reads. */
const UNAVAILABLE = ["08", "57P", "53", "25006", "25P03"];
/** What these say is about the operator's setup, and holds nothing of a caller. */
const SETUP = ["28", "3D", "42501"];

const isOf = (code: string, classes: readonly string[]): boolean => classes.some((one) => code.startsWith(one));

/** Whether the server itself refused, so that the connection can be used again. */
export function isServersWord(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && error.severity !== "FATAL";
}

/**
 * The store's error for whatever was thrown.
 *
 * @param name - where the database is
 */
export function asStoreError(error: unknown, name: string): StoreError {
  if (error instanceof StoreError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code === undefined)
    return new StoreError("unavailable", `PostgreSQL (${name}) cannot be reached: ${said}`, error);
  if (isOf(code, BUSY)) return new StoreError("busy", `PostgreSQL (${name}) took too long (${code}).`, error);
  if (code === FULL) return new StoreError("full", `PostgreSQL (${name}) has no room (${code}).`, error);
  if (DAMAGED.includes(code)) return damagedStore(`PostgreSQL (${name}) says: ${said} (${code})`, error);
  if (isOf(code, UNAVAILABLE)) return new StoreError("unavailable", `PostgreSQL (${name}): ${said} (${code})`, error);
  const detail = isOf(code, SETUP) ? `: ${said} (${code})` : ` failed (${code}).`;
  return new StoreError("failed", `PostgreSQL (${name})${detail}`, error);
}
