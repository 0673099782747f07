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

/** What is made once for each text. */
function onceEach<T>(make: (sql: string) => T): (sql: string) => T {
  const made = new Map<string, T>();
  return (sql) => {
    const known = made.get(sql);
    if (known !== undefined) return known;
    const fresh = make(sql);
    made.set(sql, fresh);
    return fresh;
  };
}

export function sqliteEngine(database: Database.Database, writes: GroupCommit, chain: FileChain): Engine {
  // Of the same text one for each way of asking: the binding asks with the values of before where `get` follows `all`.
  const firstOf = onceEach((sql) => newSelect(database, sql));
  const allOf = onceEach((sql) => newSelect(database, sql));
  const statementOf = onceEach((sql) => database.prepare(sql));

  function perform(step: Step): Done {
    switch (step.kind) {
      case "row": {
        const { statement, names } = firstOf(step.sql);
        return { rows: [rowOf(names, statement.get(step.values))], changes: 0 };
      }
      case "rows":
      case "claim": {
        const { statement, names } = allOf(step.sql);
        return { rows: statement.all(step.values).map((values) => rowOf(names, values)), changes: 0 };
      }
      case "run":
      case "put":
        return { rows: [], changes: statementOf(step.sql).run(step.values).changes };
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
