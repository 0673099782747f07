/** Runs scripts on SQLite: at once, with statements that are prepared once. The whole file has one writer at a time. */
import type Database from "libsql";
import type { Done, Engine, Script, Step } from "../script.ts";
import type { FileChain } from "./chain.ts";
import type { GroupCommit } from "./group-commit.ts";
import { asStoreError } from "./sqlite-error.ts";

const NOTHING: Done = Object.freeze({ rows: [], changes: 0 });

export function sqliteEngine(database: Database.Database, writes: GroupCommit, chain: FileChain): Engine {
  const prepared = new Map<string, Database.Statement>();
  const statement = (sql: string): Database.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = database.prepare(sql);
    prepared.set(sql, fresh);
    return fresh;
  };

  function perform(step: Step): Done {
    switch (step.kind) {
      case "row":
        return { rows: [statement(step.sql).get(...step.values)], changes: 0 };
      case "rows":
      case "claim":
        return { rows: statement(step.sql).all(...step.values), changes: 0 };
      case "run":
      case "put":
        return { rows: [], changes: statement(step.sql).run(...step.values).changes };
      case "record":
        return { ...NOTHING, place: chain.append(step.entry) };
      // A transaction has the file to itself, and other processes see by its version that something changed.
      case "lock":
      case "lockOf":
      case "tell":
        return NOTHING;
    }
  }
  function play<T>(script: Script<T>): T {
    let next = script.next(NOTHING);
    while (next.done !== true) next = script.next(perform(next.value));
    return next.value;
  }
  const write = <T>(script: () => Script<T>): Promise<T> => writes.run(() => play(script()));

  return {
    read: (script) =>
      new Promise((resolve, reject) => {
        try {
          resolve(play(script()));
        } catch (error) {
          reject(asStoreError(error));
        }
      }),
    write,
    share: write,
  };
}
