/**
 * Plays scripts side by side in one transaction: in each round all go on until they wait for something, and what they wait
 * for goes out together. An account is held by an advisory lock until the transaction ends, because what a request or a
 * device may do hangs on other rows of its account, and on rows that are not there yet; with that the plain isolation of one
 * statement is enough.
 */
import { StoreError } from "../errors.ts";
import type { Done, Script } from "../script.ts";
import { type Question, type Send, sendAll } from "./desk.ts";
import { LOCKS } from "./locks.ts";
import type { SessionChain } from "./session-chain.ts";

const NOTHING: Done = Object.freeze({ rows: [], changes: 0 });
const LOCK = `SELECT pg_advisory_xact_lock(${LOCKS}, hashtext(?1))`;
const LOCK_OF = `SELECT pg_advisory_xact_lock(${LOCKS}, hashtext(account)) FROM requests WHERE seq = ?1`;
/** In the same order everywhere, so that no two transactions wait for each other. */
const LOCK_ALL = `
  SELECT count(pg_advisory_xact_lock(${LOCKS}, name)) FROM (
    SELECT hashtext(account) AS name FROM unnest(CAST(?1 AS text[])) AS account
    UNION SELECT hashtext(account) FROM requests WHERE seq = ANY(CAST(?2 AS bigint[])) ORDER BY name) AS names`;

/** What the scripts of a transaction share. */
export interface Shared {
  readonly send: Send;
  readonly chain: SessionChain;
  /** The accounts of which others are to be told. */
  readonly changed: Set<string | undefined>;
  /** What was sent, and nobody waits for yet. */
  readonly ahead: Promise<unknown>[];
}

/** A script, and the answer with which it goes on. */
interface Turn {
  readonly script: Script<void>;
  readonly answer: Done;
}

/** What scripts want until each waits for an answer, or is done. */
interface Round {
  readonly accounts: Set<string>;
  readonly sequences: Set<number>;
  readonly puts: Question[];
  readonly asking: { readonly script: Script<void>; readonly question: Question }[];
}

/** The account that a script holds, if it names it by its first step. */
export function keyOf(script: Script<unknown>): string | undefined {
  const { value, done } = script.next(NOTHING);
  return done !== true && value.kind === "lock" ? value.account : undefined;
}

/** Plays a script that only reads, in no transaction. */
export async function play<T>(script: Script<T>, answer: (question: Question) => Promise<Done>): Promise<T> {
  let next = script.next(NOTHING);
  while (next.done !== true) {
    const { value: step } = next;
    if (step.kind !== "row" && step.kind !== "rows") {
      throw new StoreError("failed", "A lock is held, and something written, in a transaction alone.");
    }
    next = script.next(await answer(step));
  }
  return next.value;
}

/** Plays scripts to their end; what they sent last is `ahead` then. */
export async function playTogether(scripts: readonly Script<void>[], shared: Shared): Promise<void> {
  const { send, ahead } = shared;
  let turns: readonly Turn[] = scripts.map((script) => ({ script, answer: NOTHING }));
  while (turns.length > 0) {
    const round: Round = { accounts: new Set(), sequences: new Set(), puts: [], asking: [] };
    for (const turn of turns) goOn(turn, round, shared);
    const { accounts, sequences, puts, asking } = round;
    if (accounts.size + sequences.size > 0) ahead.push(lock([...accounts], [...sequences], send));
    ahead.push(...sendAll(puts, send));
    const asked = sendAll(
      asking.map(({ question }) => question),
      send,
    );
    if (asked.length === 0) return;
    const [answers] = await Promise.all([Promise.all(asked), ...ahead.splice(0)]);
    turns = asking.map(({ script }, index) => ({ script, answer: answers[index] ?? NOTHING }));
  }
}

function goOn(
  { script, answer }: Turn,
  { accounts, sequences, puts, asking }: Round,
  { chain, changed }: Shared,
): void {
  let next = script.next(answer);
  while (next.done !== true) {
    const { value: step } = next;
    let done = NOTHING;
    switch (step.kind) {
      case "lock":
        accounts.add(step.account);
        break;
      case "lockOf":
        sequences.add(step.sequence);
        break;
      case "put":
        puts.push(step);
        break;
      case "record":
        done = {
          ...NOTHING,
          place: chain.append(step.entry, (sql, values) => puts.push({ kind: "put", sql, values })),
        };
        break;
      case "tell":
        changed.add(step.account);
        break;
      case "claim":
        asking.push({ script, question: { ...step, sql: `${step.sql} FOR UPDATE SKIP LOCKED` } });
        return;
      default:
        asking.push({ script, question: step });
        return;
    }
    next = script.next(done);
  }
}

function lock(accounts: readonly string[], sequences: readonly number[], send: Send): Promise<Done> {
  const [account = null] = accounts;
  const [sequence = null] = sequences;
  if (accounts.length + sequences.length > 1) return send(LOCK_ALL, [accounts, sequences]);
  return sequence === null ? send(LOCK, [account]) : send(LOCK_OF, [sequence]);
}
