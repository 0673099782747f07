/**
 * Runs scripts on PostgreSQL. An account is held by an advisory lock until the transaction ends, because what a request
 * or a device may do hangs on other rows of its account, and on rows that are not there yet; with that the plain isolation
 * of one statement is enough, and nothing has to be tried again.
 */
import { StoreError } from "../errors.ts";
import type { Done, Engine, Script, Step, Value } from "../script.ts";
import type { Announcer } from "./announcer.ts";
import type { Ask } from "./ask.ts";
import type { Connections } from "./connections.ts";
import { LOCKS } from "./locks.ts";

const NOTHING: Done = Object.freeze({ rows: [], changes: 0 });
const LOCK = `SELECT pg_advisory_xact_lock(${LOCKS}, hashtext(?1))`;
const LOCK_OF = `SELECT pg_advisory_xact_lock(${LOCKS}, hashtext(account)) FROM requests WHERE seq = ?1`;

type Query = (sql: string, values: readonly Value[]) => Promise<Done>;

export function postgresEngine(connections: Connections, announcer: Announcer): Engine {
  const prepared = new Map<string, { readonly name: string; readonly text: string }>();
  const statement = (sql: string): { readonly name: string; readonly text: string } => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = { name: `s${prepared.size}`, text: sql.replaceAll(/\?(\d+)/g, "$$$1") };
    prepared.set(sql, fresh);
    return fresh;
  };
  const over =
    (ask: Ask): Query =>
    async (sql, values) => {
      const { rows, rowCount } = await ask({ ...statement(sql), values: [...values] });
      return { rows, changes: rowCount ?? 0 };
    };

  /** Runs a script that may write, then tells the other processes whose accounts it changed. */
  async function told<T>(play: (told: Set<string | undefined>) => Promise<T>): Promise<T> {
    const changed = new Set<string | undefined>();
    const value = await play(changed);
    if (changed.size > 0) await announcer.announce(changed);
    return value;
  }

  async function transaction<T>(ask: Ask, script: Script<T>, changed: Set<string | undefined>): Promise<T> {
    const send = over(ask);
    // Nothing comes back of these that a script waits for: the next statement goes out right behind them.
    const ahead: Promise<unknown>[] = [ask("BEGIN")];
    const query: Query = async (sql, values) => {
      const done = send(sql, values);
      await Promise.all([...ahead.splice(0), done]);
      return done;
    };
    try {
      const value = await play(script, query, (sql, on) => void ahead.push(send(sql, [on])), changed);
      await Promise.all(ahead.splice(0));
      // A server that could not commit may say ROLLBACK and no error.
      const { command } = await ask("COMMIT");
      if (command !== "COMMIT") throw new StoreError("failed", "PostgreSQL did not commit.");
      return value;
    } catch (error) {
      await Promise.allSettled([...ahead, ask("ROLLBACK")]);
      throw error;
    }
  }

  return {
    read: (script) => connections.use((ask) => play(script(), over(ask), noLock, new Set())),
    write: (script) => told((changed) => connections.use((ask) => transaction(ask, script(), changed))),
    writeOne: (script) => told((changed) => connections.use((ask) => play(script(), over(ask), noLock, changed))),
  };
}

function noLock(): never {
  throw new StoreError("failed", "A lock is held in a transaction alone.");
}

async function play<T>(
  script: Script<T>,
  query: Query,
  hold: (sql: string, value: Value) => void,
  changed: Set<string | undefined>,
): Promise<T> {
  const perform = (step: Step): Promise<Done> | Done => {
    switch (step.kind) {
      case "rows":
      case "run":
        return query(step.sql, step.values);
      case "claim":
        return query(`${step.sql} FOR UPDATE SKIP LOCKED`, step.values);
      case "lock":
        hold(LOCK, step.account);
        return NOTHING;
      case "lockOf":
        hold(LOCK_OF, step.sequence);
        return NOTHING;
      case "tell":
        changed.add(step.account);
        return NOTHING;
    }
  };
  let next = script.next(NOTHING);
  while (next.done !== true) next = script.next(await perform(next.value));
  return next.value;
}
