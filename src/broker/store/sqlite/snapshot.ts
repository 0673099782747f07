/** The database file as it is now, while others go on writing it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import type { AuditSnapshot } from "../audit.ts";
import { StoreError } from "../errors.ts";
import { integerOf } from "../scripts/parse-rows.ts";
import { requireSchema, snapshotOf } from "../snapshot.ts";
import { FileChain } from "./chain.ts";
import { sqliteEngine } from "./engine.ts";
import { GroupCommit } from "./group-commit.ts";
import { APPLICATION_ID, BUSY_MS, FILE } from "./open-file.ts";
import { MIGRATIONS } from "./schema.ts";
import { asStoreError } from "./sqlite-error.ts";

/** @throws StoreError `newer_schema`, `not_a_store`, `unsupported`, `busy`, `failed` */
export function openSqliteSnapshot(directory: string): AuditSnapshot {
  const path = join(directory, FILE);
  if (!existsSync(path)) throw new StoreError("not_a_store", `There is no ${FILE} in ${directory}.`);
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    database.exec("PRAGMA query_only = ON");
    database.exec("BEGIN");
    const id = database.prepare("PRAGMA application_id").get();
    if (integerOf(id, "application_id") !== APPLICATION_ID) {
      throw new StoreError("not_a_store", `${FILE} belongs to another program.`);
    }
    const newest = database.prepare("SELECT coalesce(max(version), 0) AS v FROM migrations").get();
    requireSchema(integerOf(newest, "v"), MIGRATIONS.length);
    return snapshotIn(database);
  } catch (error) {
    if (database !== undefined) end(database);
    throw asStoreError(error);
  }
}

function snapshotIn(database: Database.Database): AuditSnapshot {
  const nothing = new GroupCommit(database, { sync: () => Promise.resolve() });
  const { read } = sqliteEngine(database, nothing, new FileChain(database));
  return snapshotOf(read, () => {
    end(database);
    return Promise.resolve();
  });
}

/** Closing alone would leave the file locked until the statements are collected. */
function end(database: Database.Database): void {
  if (database.inTransaction) database.exec("ROLLBACK");
  database.close();
}
