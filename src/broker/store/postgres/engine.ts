/**
 * Runs scripts on PostgreSQL. An account is held by an advisory lock until the transaction ends, because what a request
 * or a device may do hangs on other rows of its account, and on rows that are not there yet; with that the plain isolation
 * of one statement is enough, and nothing has to be tried again.
 */
import type { AuditEntry, AuditPlace } from "../audit.ts";
import { StoreError } from "../errors.ts";
import type { Done, Engine, Script, Step, Value } from "../script.ts";
import type { Announcer } from "./announcer.ts";
import type { Ask } from "./ask.ts";
import type { Connections } from "./connections.ts";
import { LOCKS } from "./locks.ts";
import type { SessionChain } from "./session-chain.ts";

const NOTHING: Done = Object.freeze({ rows: [], changes: 0 });
const LOCK = `SELECT pg_advisory_xact_lock(${LOCKS}, hashtext(?1))`;
const LOCK_OF = `SELECT pg_advisory_xact_lock(${LOCKS}, hashtext(account)) FROM requests WHERE seq = ?1`;

type Query = (sql: string, values: readonly Value[]) => Promise<Done>;
type Push = (sql: string, ...values: readonly Value[]) => void;

/** Statements of the scripts as this server has them, each prepared once in a session. */
export function preparedOver(): (ask: Ask) => Query {
  const prepared = new Map<string, { readonly name: string; readonly text: string }>();
  const statement = (sql: string): { readonly name: string; readonly text: string } => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = { name: `s${prepared.size}`, text: sql.replaceAll(/\?(\d+)/g, "$$$1") };
    prepared.set(sql, fresh);
    return fresh;
  };
  return (ask) => async (sql, values) => {
    const { rows, rowCount } = await ask({ ...statement(sql), values: [...values] });
    return { rows, changes: rowCount ?? 0 };
  };
}

export function postgresEngine(connections: Connections, announcer: Announcer): Engine {
  const over = preparedOver();

  /** Runs a script that may write, then tells the other processes whose accounts it changed. */
  async function told<T>(play: (told: Set<string | undefined>) => Promise<T>): Promise<T> {
    const changed = new Set<string | undefined>();
    const value = await play(changed);
    if (changed.size > 0) await announcer.announce(changed);
    return value;
  }

  async function transaction<T>(
    ask: Ask,
    chain: SessionChain,
    script: Script<T>,
    changed: Set<string | undefined>,
  ): Promise<T> {
    const send = over(ask);
    await chain.ready(ask);
    // Nothing comes back of these that a script waits for: the next statement goes out right behind them.
    const ahead: Promise<unknown>[] = [ask("BEGIN")];
    const query: Query = async (sql, values) => {
      const done = send(sql, values);
      await Promise.all([...ahead.splice(0), done]);
      return done;
    };
    try {
      const push: Push = (sql, ...values) => void ahead.push(send(sql, values));
      const append = (entry: AuditEntry): AuditPlace => chain.append(entry, (sql, values) => push(sql, ...values));
      const value = await play(script, { query, push, append }, changed);
      const [{ command }] = await Promise.all([ask("COMMIT"), ...ahead.splice(0)]);
      // A server that could not commit may say ROLLBACK and no error.
      if (command !== "COMMIT") throw new StoreError("failed", "PostgreSQL did not commit.");
      return value;
    } catch (error) {
      chain.forget();
      await Promise.allSettled([...ahead, ask("ROLLBACK")]);
      throw error;
    }
  }

  return {
    read: (script) => connections.use((ask) => play(script(), alone(over(ask)), new Set())),
    write: (script) => told((changed) => connections.use((ask, chain) => transaction(ask, chain, script(), changed))),
    writeOne: (script) => told((changed) => connections.use((ask) => play(script(), alone(over(ask)), changed))),
  };
}

/** What a script's steps do. */
interface Hands {
  readonly query: Query;
  /** Sends a statement of which nothing comes back. */
  readonly push: Push;
  readonly append: (entry: AuditEntry) => AuditPlace;
}

/** Without a transaction around it there is neither a lock nor a record. */
export function alone(query: Query): Hands {
  const never = (): never => {
    throw new StoreError("failed", "A lock is held, and a record written, in a transaction alone.");
  };
  return { query, push: never, append: never };
}

export async function play<T>(
  script: Script<T>,
  { query, push, append }: Hands,
  changed: Set<string | undefined>,
): Promise<T> {
  const perform = (step: Step): Promise<Done> | Done => {
    switch (step.kind) {
      case "row":
      case "rows":
      case "run":
        return query(step.sql, step.values);
      case "claim":
        return query(`${step.sql} FOR UPDATE SKIP LOCKED`, step.values);
      case "lock":
        push(LOCK, step.account);
        return NOTHING;
      case "lockOf":
        push(LOCK_OF, step.sequence);
        return NOTHING;
      case "record":
        return { ...NOTHING, place: append(step.entry) };
      case "tell":
        changed.add(step.account);
        return NOTHING;
    }
  };
  let next = script.next(NOTHING);
  while (next.done !== true) next = script.next(await perform(next.value));
  return next.value;
}
