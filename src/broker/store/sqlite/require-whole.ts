/**
 * Looks a file through before a broker serves from it: its pages hold together, its indices say what its tables say, and every
 * row is what was written. That reads all of it, so a large file is looked at only where it is small and matters most; its
 * requests and answers are compared with their sums whenever they are read.
 */
import { isUtf8 } from "node:buffer";
import { existsSync, statSync } from "node:fs";
import type Database from "libsql";
import { damagedStore } from "../errors.ts";
import { bodyOf, requestOf } from "../scripts/parse-rows.ts";
import { WHOLE } from "../scripts/requests.ts";

/** A few seconds' work, and some forty thousand confirmations. */
const MOST_BYTES = 256 * 1024 * 1024;
/** What is small in every store, and whom it lets in. */
const ALWAYS = ["meta", "service_keys", "accounts", "codes", "devices", "enquirers", "senders", "policies", "strikes"];
const LOST = `
  SELECT count(*) FROM requests r
  WHERE (state = 'PENDING' AND NOT EXISTS (SELECT 1 FROM request_bodies b WHERE b.seq = r.seq))
    OR (state = 'REPLY') <> EXISTS (SELECT 1 FROM answers a WHERE a.seq = r.seq)`;
const BODIES = "SELECT seq, request, sum AS body_sum FROM request_bodies";

/**
 * A file that is gone or empty where a broker ran would else be taken for a new one.
 *
 * @param lock - what a broker leaves beside it
 * @throws StoreError `damaged`
 */
export function requireThere(file: string, lock: string): void {
  const isEmpty = !existsSync(file) || statSync(file).size === 0;
  if (isEmpty && existsSync(lock)) {
    throw damagedStore(
      `${file} is gone or empty, and a broker had its data there (to begin anew, take another folder)`,
    );
  }
}

/** @throws StoreError `damaged`, and what the engine throws */
export function requireWhole(database: Database.Database, file: string): void {
  const isSmall = statSync(file).size <= MOST_BYTES;
  for (const table of isSmall ? [undefined] : ALWAYS) requireStructure(database, table);
  for (const table of isSmall ? tablesIn(database) : ALWAYS) requireTexts(database, table);
  if (!isSmall) return;
  if (firstOf(database.prepare(LOST).raw().get()) !== 0) throw damagedStore("Requests or answers are gone");
  for (const row of database.prepare(WHOLE).iterate()) requestOf(row);
  for (const row of database.prepare(BODIES).iterate()) bodyOf(row);
}

function requireStructure(database: Database.Database, table: string | undefined): void {
  const check = `SELECT ${bytesOf("integrity_check")} FROM pragma_integrity_check(?)`;
  const said = String(
    firstOf(
      database
        .prepare(check)
        .raw()
        .get(table ?? 1),
    ),
  );
  if (said !== "ok") throw damagedStore(`The file does not hold together (${said})`);
}

/** The engine's binding ends the process where a text is not UTF-8, so texts are taken as bytes until that is known. */
function requireTexts(database: Database.Database, table: string): void {
  const columns = `SELECT ${bytesOf("name")} FROM pragma_table_info(?) WHERE type = 'TEXT'`;
  const texts = database
    .prepare(columns)
    .raw()
    .all(table)
    .map((row) => bytesOf(String(firstOf(row))));
  if (texts.length === 0) return;
  for (const row of database.prepare(`SELECT ${texts.join()} FROM "${table}"`).raw().iterate()) {
    const isText =
      Array.isArray(row) && row.every((value) => value === null || (value instanceof Uint8Array && isUtf8(value)));
    if (!isText) throw damagedStore(`A text in ${table} is not what was written`);
  }
}

function tablesIn(database: Database.Database): readonly string[] {
  const names = `SELECT ${bytesOf("name")} FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`;
  return database
    .prepare(names)
    .raw()
    .all()
    .map((row) => String(firstOf(row)));
}

const bytesOf = (column: string): string => `CAST("${column}" AS BLOB)`;

function firstOf(row: unknown): unknown {
  return Array.isArray(row) ? row[0] : undefined;
}
