/**
 * Tells the other processes which accounts changed: an id, nothing of what changed. After the commit, because a
 * notification inside of it would make every commit of the server wait for the one before; and before the write resolves, so
 * that nothing is acknowledged of which the others were not told. What piles up meanwhile goes out together. What was taken
 * from buckets is told in the same way.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Taken } from "../taken.ts";
import type { Connections } from "./connections.ts";
import { writeTaken } from "./taken.ts";

/** Instead of an account: look at everything. */
export const ALL = "*";

const NOTIFY = {
  name: "notify",
  text: "SELECT pg_notify($1, $2 || ' ' || said) FROM unnest(CAST($3 AS text[])) AS said",
};

/** Of more accounts it is said that everything changed. */
const MOST_NAMES = 1000;
const AGAIN_MS = 1000;

export class Announcer {
  /** Stands before each name, so that this process tells its own notifications from others. */
  readonly id = randomBytes(9).toString("base64url");
  readonly #connections: Connections;
  readonly #channel: string;
  #names = new Set<string>();
  #next: Promise<void> | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(connections: Connections, channel: string) {
    this.#connections = connections;
    this.#channel = channel;
  }

  /** Never rejects: what could not be told is told later. */
  announce(accounts: Iterable<string | undefined>): Promise<void> {
    for (const account of accounts) this.#names.add(account ?? ALL);
    this.#next ??= this.#sending = this.#sending.then(() => this.#send());
    return this.#next;
  }

  /** What is not told now is of no use later. @throws StoreError */
  tellTaken(taken: readonly Taken[]): Promise<void> {
    return this.#say(writeTaken(taken));
  }

  async #send(): Promise<void> {
    this.#next = undefined;
    const names = this.#names.size > MOST_NAMES ? [ALL] : [...this.#names];
    this.#names = new Set();
    try {
      await this.#say(names);
    } catch {
      // The write is durable all the same. Who listens over a line that broke looks at everything when it is back.
      void delay(AGAIN_MS, undefined, { ref: false }).then(() => this.announce(names));
    }
  }

  async #say(said: readonly string[]): Promise<void> {
    await this.#connections.use((ask) => ask({ ...NOTIFY, values: [this.#channel, this.id, said] }));
  }
}
