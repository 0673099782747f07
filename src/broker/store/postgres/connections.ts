/**
 * The connections of one process: a few, shared by all that the broker does, and a bounded number of callers that wait
 * for one. A connection that broke is thrown away, and the next caller gets a new one: nothing has to be restarted.
 */
import pg from "pg";
import { StoreError } from "../errors.ts";
import type { Ask } from "./ask.ts";
import type { Place } from "./place.ts";
import { asStoreError, isServersWord } from "./postgres-error.ts";
import { SessionChain } from "./session-chain.ts";
import { prepareSession } from "./session.ts";

/** Each is a process of the server; more would make the disk no faster. */
export const MOST_CONNECTIONS = 10;
export const MOST_WAITING = 2000;
const WAIT_MS = 5000;

export class Connections {
  readonly #place: Place;
  readonly #pool: pg.Pool;
  /** Those who wait for a connection; each is told that it has one. */
  readonly #waiting = new Set<() => void>();
  /** Connections whose session is ours, with what is known of it. */
  readonly #sessions = new WeakMap<pg.PoolClient, SessionChain>();
  #taken = 0;
  #closing: Promise<void> | undefined;
  #idle: () => void = () => undefined;

  constructor(place: Place) {
    this.#place = place;
    this.#pool = new pg.Pool({ ...place.config, max: MOST_CONNECTIONS, pipeline: true });
    // A connection that breaks while nobody uses it is gone by itself; one in use tells its user.
    this.#pool.on("error", () => undefined);
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /**
   * Does some work over a connection that nobody else uses meanwhile.
   *
   * @throws StoreError `busy`, `unavailable`, `failed`, `closed`
   */
  async use<T>(work: (ask: Ask, chain: SessionChain) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new StoreError("closed", "The store is closed.");
    await this.#take();
    try {
      return await this.#work(work);
    } finally {
      this.#give();
    }
  }

  /** Waits for what is under way and takes no more. */
  close(): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#taken === 0) resolve();
    }).then(() => this.#pool.end());
    return this.#closing;
  }

  async #work<T>(work: (ask: Ask, chain: SessionChain) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw asStoreError(error, this.#place.name);
    });
    /** Why nothing more is asked: each question to a line that stopped would wait as long again. */
    let broken: StoreError | undefined;
    const gather = gatherer(client);
    const ask: Ask = (query) => {
      if (broken !== undefined) return Promise.reject(broken);
      gather();
      return client.query<Readonly<Record<string, unknown>>>(query).catch((error: unknown) => {
        const told = asStoreError(error, this.#place.name);
        if (!isServersWord(error)) broken = told;
        throw told;
      });
    };
    try {
      return await work(ask, this.#sessions.get(client) ?? (await this.#begin(client, ask)));
    } finally {
      client.release(broken !== undefined);
    }
  }

  async #begin(client: pg.PoolClient, ask: Ask): Promise<SessionChain> {
    await prepareSession(ask, this.#place.name);
    const chain = new SessionChain();
    this.#sessions.set(client, chain);
    return chain;
  }

  #take(): Promise<void> {
    if (this.#taken < MOST_CONNECTIONS) {
      this.#taken += 1;
      return Promise.resolve();
    }
    if (this.#waiting.size >= MOST_WAITING) throw this.#busy();
    return new Promise((resolve, reject) => {
      const have = (): void => {
        clearTimeout(tired);
        resolve();
      };
      const tired = setTimeout(() => {
        this.#waiting.delete(have);
        reject(this.#busy());
      }, WAIT_MS);
      this.#waiting.add(have);
    });
  }

  /** Hands the place on to the one who waits longest. */
  #give(): void {
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      next();
      return;
    }
    this.#taken -= 1;
    if (this.#taken === 0) this.#idle();
  }

  #busy(): StoreError {
    return new StoreError("busy", `PostgreSQL (${this.#place.name}) cannot keep up.`);
  }
}

/**
 * What is asked in one turn goes out in one piece. Each piece is a call of the system, and wakes the server for itself.
 *
 * @returns to be called before something is asked
 */
function gatherer(client: pg.PoolClient): () => void {
  let isGathering = false;
  return () => {
    if (isGathering) return;
    isGathering = true;
    const { stream } = client.connection;
    stream.cork();
    process.nextTick(() => {
      isGathering = false;
      stream.uncork();
    });
  };
}
