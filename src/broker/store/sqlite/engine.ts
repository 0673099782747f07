/** Runs scripts on SQLite: at once, with statements that are prepared once. The whole file has one writer at a time. */
import type Database from "libsql";
import type { Done, Engine, Script, Step } from "../script.ts";
import type { FileChain } from "./chain.ts";
import type { GroupCommit } from "./group-commit.ts";
import { asStoreError } from "./sqlite-error.ts";

const NOTHING: Done = Object.freeze({ rows: [], changes: 0 });

/** A statement that gives rows: as arrays, because the engine's binding takes twice as long to make objects of them. */
interface Select {
  readonly statement: Database.Statement;
  readonly names: readonly string[];
}

function newSelect(database: Database.Database, sql: string): Select {
  const statement = database.prepare(sql).raw();
  return { statement, names: statement.columns().map(({ name }) => name) };
}

function rowOf(names: readonly string[], values: unknown): unknown {
  if (!Array.isArray(values)) return undefined;
  const row: Record<string, unknown> = {};
  for (let at = 0; at < names.length; at++) row[names[at] ?? ""] = values[at];
  return row;
}

/**
 * Statements that are made once for each text, and used in one way: the binding's `get` asks with the values of before where
 * `all` was asked, or where it failed itself. So one that failed is made anew.
 */
class Statements<T> {
  readonly #make: (sql: string) => T;
  readonly #made = new Map<string, T>();

  constructor(make: (sql: string) => T) {
    this.#make = make;
  }

  use<R>(sql: string, ask: (statement: T) => R): R {
    const statement = this.#made.get(sql) ?? this.#make(sql);
    this.#made.set(sql, statement);
    try {
      return ask(statement);
    } catch (error) {
      this.#made.delete(sql);
      throw error;
    }
  }
}

export function sqliteEngine(database: Database.Database, writes: GroupCommit, chain: FileChain): Engine {
  const getting = new Statements((sql) => newSelect(database, sql));
  const listing = new Statements((sql) => newSelect(database, sql));
  const running = new Statements((sql) => database.prepare(sql));

  function perform(step: Step): Done {
    switch (step.kind) {
      case "row":
        return getting.use(step.sql, ({ statement, names }) => {
          return { rows: [rowOf(names, statement.get(step.values))], changes: 0 };
        });
      case "rows":
      case "claim":
        return listing.use(step.sql, ({ statement, names }) => {
          return { rows: statement.all(step.values).map((values) => rowOf(names, values)), changes: 0 };
        });
      case "run":
      case "put":
        return running.use(step.sql, (statement) => ({ rows: [], changes: statement.run(step.values).changes }));
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
          const value = play(script());
          const { syncing } = writes;
          if (syncing === undefined) resolve(value);
          else syncing.then(() => resolve(value), reject);
        } catch (error) {
          reject(asStoreError(error));
        }
      }),
    write,
    share: write,
  };
}
