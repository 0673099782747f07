/**
 * The audit log's chain of one session. A chain for all would make every commit wait for the one before; so each session
 * claims one of its own, by a lock that the server takes back when the session ends, and knows where it ends without asking.
 */
import type { AuditEntry, AuditPlace } from "../audit.ts";
import { APPEND, appended, HEAD, NEW_CHAIN, placeOf, recordsFor } from "../audit-chain.ts";
import { randomName } from "../audit-hash.ts";
import type { Value } from "../script.ts";
import { integerOf, textOf } from "../scripts/parse-rows.ts";
import type { Ask } from "./ask.ts";
import { inTransaction } from "./in-transaction.ts";
import { CHAIN_LOCKS } from "./locks.ts";

const FREE = `
  SELECT chain FROM chains WHERE chain NOT IN (
    SELECT CAST(objid AS integer) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = ${CHAIN_LOCKS} AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
  ORDER BY chain`;
const CLAIM = `SELECT CAST(pg_try_advisory_lock(${CHAIN_LOCKS}, $1) AS integer) AS claimed`;
const numbered = (sql: string): string => sql.replaceAll("?", "$");

export class SessionChain {
  #chain: number | undefined;
  #end: { readonly first: number; readonly head: AuditPlace } | undefined;

  /** Makes sure that the session has a chain and knows where it ends; before a transaction. */
  async ready(ask: Ask): Promise<void> {
    if (this.#end !== undefined) return;
    const chain = (this.#chain ??= await claimed(ask));
    const [found] = (await ask({ text: numbered(HEAD), values: [chain] })).rows;
    const head = { writer: textOf(found, "writer"), sequence: integerOf(found, "seq"), hash: textOf(found, "hash") };
    this.#end = { first: integerOf(found, "first"), head };
  }

  /** Appends, inside a transaction, by statements of which nothing comes back. */
  append(entry: AuditEntry, put: (sql: string, values: readonly Value[]) => void): AuditPlace {
    const { chain, end } = { chain: this.#chain, end: this.#end };
    if (chain === undefined || end === undefined) throw new Error("The session has no chain.");
    let place = end.head;
    for (const record of recordsFor(end.head, end.first, entry)) {
      put(APPEND, appended(chain, record));
      place = placeOf(end.head, record);
    }
    this.#end = { first: end.first, head: place };
    return place;
  }

  /** A transaction was rolled back, or nobody knows what became of it. */
  forget(): void {
    this.#end = undefined;
  }
}

/** A chain that no other session has; one that is there, if there is one. */
async function claimed(ask: Ask): Promise<number> {
  for (;;) {
    for (const one of (await ask(FREE)).rows) {
      const chain = integerOf(one, "chain");
      const [lock] = (await ask({ text: CLAIM, values: [chain] })).rows;
      if (integerOf(lock, "claimed") === 1) return chain;
    }
    await inTransaction(ask, () => ask({ text: numbered(NEW_CHAIN), values: [randomName()] }));
  }
}
