/**
 * Runs scripts on PostgreSQL. Those that may share a transaction and come together do, with one sync to disk, and what
 * many read at once is asked at once. One that fails spoils no other: the others are played again, each alone.
 */
import { StoreError } from "../errors.ts";
import type { Done, Engine, Script } from "../script.ts";
import type { Announcer } from "./announcer.ts";
import type { Ask } from "./ask.ts";
import type { Connections } from "./connections.ts";
import { preparedOver, type Question, sendAll } from "./desk.ts";
import { Gathering } from "./gathering.ts";
import { BEGIN } from "./in-transaction.ts";
import type { SessionChain } from "./session-chain.ts";
import { keyOf, play, playTogether } from "./play.ts";

interface Reading {
  readonly key: undefined;
  readonly question: Question;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
}
interface Writing {
  readonly key: string | undefined;
  readonly script: () => Script<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface PostgresEngine extends Engine {
  /** Waits for what is under way and takes no more. */
  readonly close: () => Promise<void>;
}

/** Whether a failure of many may be the doing of one of them, and not of the line. */
function isOnesOwn(error: unknown): boolean {
  return !(error instanceof StoreError && (error.code === "unavailable" || error.code === "closed"));
}

export function postgresEngine(connections: Connections, announcer: Announcer): PostgresEngine {
  const over = preparedOver();

  /** False where a script failed and others may still be good: then nothing was kept. */
  async function commit(ask: Ask, chain: SessionChain, scripts: readonly (() => Script<void>)[]): Promise<boolean> {
    await chain.ready(ask);
    const changed = new Set<string | undefined>();
    // Nothing comes back of these that a script waits for: the next statement goes out right behind them.
    const ahead: Promise<unknown>[] = [ask(BEGIN)];
    let end: ReturnType<Ask> | undefined;
    try {
      const playing = scripts.map((script) => script());
      await playTogether(playing, { send: over(ask), chain, changed, ahead });
      end = ask("COMMIT");
      // The others are told in the same breath, and before the write resolves.
      if (changed.size > 0) ahead.push(announcer.tell(ask, changed));
      const [{ command }] = await Promise.all([end, ...ahead.splice(0)]);
      // A server that could not commit may say ROLLBACK and no error.
      if (command !== "COMMIT") throw new StoreError("failed", "PostgreSQL did not commit.");
      return true;
    } catch (error) {
      chain.forget();
      await Promise.allSettled([...ahead, ask("ROLLBACK")]);
      const isKept = await end?.then(
        ({ command }) => command !== "ROLLBACK",
        () => true,
      );
      if (isKept !== true && scripts.length > 1 && isOnesOwn(error)) return false;
      throw error;
    }
  }

  async function writeTogether(batch: readonly Writing[]): Promise<void> {
    const scripts = batch.map(({ script }) => script);
    try {
      const isKept = await connections.use((ask, chain) => commit(ask, chain, scripts));
      if (isKept) for (const { resolve } of batch) resolve();
      else await Promise.all(batch.map((one) => writeTogether([one])));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function readTogether(batch: readonly Reading[]): Promise<void> {
    const questions = batch.map(({ question }) => question);
    try {
      const ends = await connections.use((ask) => Promise.allSettled(sendAll(questions, over(ask))));
      await Promise.all(batch.map((one, index) => settle(one, ends[index], batch.length > 1)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function settle(one: Reading, end: PromiseSettledResult<Done> | undefined, isShared: boolean): Promise<void> {
    if (end?.status === "fulfilled") one.resolve(end.value);
    else if (isShared && isOnesOwn(end?.reason)) await readTogether([one]);
    else one.reject(end?.reason);
  }

  const reads = new Gathering(readTogether);
  const writes = new Gathering(writeTogether);
  const read = (question: Question): Promise<Done> =>
    new Promise((resolve, reject) => {
      reads.add({ key: undefined, question, resolve, reject });
    });
  const written = <T>(script: () => Script<T>, key: string | undefined, how: (one: Writing) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      let result: { readonly value: T } | undefined;
      how({
        key,
        *script() {
          result = { value: yield* script() };
        },
        resolve: () => {
          if (result !== undefined) resolve(result.value);
        },
        reject,
      });
    });

  return {
    read: (script) => play(script(), read),
    write: (script) => written(script, undefined, (one) => void writeTogether([one])),
    share: (script) => written(script, keyOf(script()), (one) => writes.add(one)),
    close: async () => {
      await Promise.all([reads.close(), writes.close()]);
    },
  };
}
