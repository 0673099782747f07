/**
 * Opens the database file: readable by its owner alone, every commit synced to disk, its schema brought up to date.
 * Refuses a file of another program, and one that a newer version wrote.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { StoreError } from "../errors.ts";
import { integerOf } from "../scripts/parse-rows.ts";
import { requireThere } from "./require-whole.ts";
import { MIGRATIONS } from "./schema.ts";
import { lockIn } from "./sole-broker.ts";
import { asStoreError } from "./sqlite-error.ts";

export const FILE = "broker.sqlite";

/** Where a folder has its database. */
export function fileIn(directory: string): string {
  return join(directory, FILE);
}

/** "mcnf", so that `file` and we can tell this database from others. */
export const APPLICATION_ID = 0x6d636e66;
/** How long another process may hold the lock before a write is refused, in milliseconds. */
export const BUSY_MS = 5000;

/**
 * Opens or creates the database in a directory.
 *
 * @throws StoreError `newer_schema`, `not_a_store`, `damaged`, `busy`, `failed`
 */
export function openFile(directory: string): Database.Database {
  const path = fileIn(directory);
  let database: Database.Database | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    requireThere(path, lockIn(directory));
    closeSync(openSync(path, "a", 0o600));
    database = new Database(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error);
  }
}

function pragma(database: Database.Database, name: string): number {
  return integerOf(database.prepare(`PRAGMA ${name}`).get(), name);
}

function migrate(database: Database.Database): void {
  database.exec("BEGIN IMMEDIATE");
  const tables = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get();
  const fresh = integerOf(tables, "n") === 0;
  if (!fresh && pragma(database, "application_id") !== APPLICATION_ID) {
    throw new StoreError("not_a_store", `${FILE} belongs to another program.`);
  }
  if (fresh) {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied TEXT NOT NULL) STRICT");
  }
  const version = integerOf(database.prepare("SELECT coalesce(max(version), 0) AS v FROM migrations").get(), "v");
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      "newer_schema",
      `The store is at schema ${version}; this version of confirm knows up to ${MIGRATIONS.length}. Use the newer one.`,
    );
  }
  const record = database.prepare("INSERT INTO migrations (version, applied) VALUES (?, datetime('now'))");
  MIGRATIONS.slice(version).forEach((step, index) => {
    database.exec(step);
    record.run(version + index + 1);
  });
  database.exec("COMMIT");
}
