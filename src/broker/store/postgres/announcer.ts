/**
 * Tells the other processes which accounts changed: an id, nothing of what changed. After the commit, because a
 * notification inside of it would make every commit of the server wait for the one before; and before the write resolves, so
 * that nothing is acknowledged of which the others were not told. What piles up meanwhile goes out together.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Connections } from "./connections.ts";

export const CHANNEL = "mesh_confirm";
/** Instead of an account: look at everything. */
export const ALL = "*";

const NOTIFY = {
  name: "notify",
  text: `SELECT pg_notify('${CHANNEL}', $1 || ' ' || name) FROM unnest(CAST($2 AS text[])) AS name`,
};

/** Of more accounts it is said that everything changed. */
const MOST_NAMES = 1000;
const AGAIN_MS = 1000;

export class Announcer {
  /** Stands before each name, so that this process tells its own notifications from others. */
  readonly id = randomBytes(9).toString("base64url");
  readonly #connections: Connections;
  #names = new Set<string>();
  #next: Promise<void> | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Never rejects: what could not be told is told later. */
  announce(accounts: Iterable<string | undefined>): Promise<void> {
    for (const account of accounts) this.#names.add(account ?? ALL);
    this.#next ??= this.#sending = this.#sending.then(() => this.#send());
    return this.#next;
  }

  async #send(): Promise<void> {
    this.#next = undefined;
    const names = this.#names.size > MOST_NAMES ? [ALL] : [...this.#names];
    this.#names = new Set();
    try {
      await this.#connections.use((ask) => ask({ ...NOTIFY, values: [this.id, names] }));
    } catch {
      // The write is durable all the same. Who listens over a line that broke looks at everything when it is back.
      void delay(AGAIN_MS, undefined, { ref: false }).then(() => this.announce(names));
    }
  }
}
