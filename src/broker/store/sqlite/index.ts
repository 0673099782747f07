/**
 * The embedded engine: one SQLite file in a directory of its own. Several processes may have it open at once (the
 * broker and `confirm account add`); each notices the others' commits by SQLite's `data_version`.
 */
import type Database from "libsql";
import { scriptsOn } from "../scripts/index.ts";
import { integerOf } from "../scripts/parse-rows.ts";
import type { Store } from "../store.ts";
import { sqliteCalls } from "./calls.ts";
import { FileChain } from "./chain.ts";
import { sqliteEngine } from "./engine.ts";
import { GroupCommit } from "./group-commit.ts";
import { LogSync } from "./log-sync.ts";
import { fileIn, openFile } from "./open-file.ts";
import { requireWhole } from "./require-whole.ts";
import { holdFolder } from "./sole-broker.ts";
import { asStoreError } from "./sqlite-error.ts";

/** How often another process's commits are looked for, in milliseconds. */
const WATCH_MS = 250;

/**
 * Opens the store in a directory.
 *
 * @throws StoreError `newer_schema`, `not_a_store`, `busy`, `failed`
 */
export function openSqliteStore(directory: string): Promise<Store> {
  return new Promise((resolve) => {
    resolve(open(directory));
  });
}

function open(directory: string): Store {
  const database = openFile(directory);
  const log = logOf(database, directory);
  const chain = new FileChain(database);
  const writes = new GroupCommit(database, { begun: () => chain.begin(), sync: log.sync });
  // From here on every write goes through these two: a commit writes, the sync after it is not the engine's.
  database.exec("PRAGMA synchronous = NORMAL");
  // In pages: what many writes change is brought from the log into the file once for all of them.
  database.exec("PRAGMA wal_autocheckpoint = 4000");
  const dataVersion = database.prepare("PRAGMA data_version");
  const version = (): number => integerOf(dataVersion.get(), "data_version");
  let watching: NodeJS.Timeout | undefined;
  let letGo: (() => void) | undefined;

  return {
    ...scriptsOn(sqliteEngine(database, writes, chain)),
    ...sqliteCalls(database, writes),
    occupy: () =>
      new Promise((resolve) => {
        letGo = holdFolder(directory);
        looked(() => requireWhole(database, fileIn(directory)));
        resolve();
      }),
    watch: (listener) => {
      clearInterval(watching);
      let seen = version();
      watching = setInterval(() => {
        const now = version();
        if (now !== seen) listener();
        seen = now;
      }, WATCH_MS).unref();
    },
    // One broker has the file.
    tellTaken: () => Promise.resolve(),
    close: async () => {
      clearInterval(watching);
      await writes.close();
      if (database.open) {
        takeLogIn(database);
        log.close();
        database.close();
      }
      letGo?.();
      letGo = undefined;
    },
  };
}

/** @throws StoreError `failed` */
function logOf(database: Database.Database, directory: string): LogSync {
  try {
    return new LogSync(fileIn(directory));
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws StoreError */
function looked(look: () => void): void {
  try {
    look();
  } catch (error) {
    throw asStoreError(error);
  }
}

/** The engine's own close leaves the log beside the file, and a copy of the file alone would lack what is in it. */
function takeLogIn(database: Database.Database): void {
  try {
    database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  } catch {
    // A disk without room, perhaps: nothing is lost, the next start takes it in.
  }
}
