/**
 * Tells the other processes which accounts changed: an id, nothing of what changed. After the commit, because a
 * notification inside of it would make every commit of the server wait for the one before; and before the write resolves, so
 * that nothing is acknowledged of which the others were not told. What was taken from buckets is told in the same way.
 */
import { randomBytes } from "node:crypto";
import type { Taken } from "../taken.ts";
import type { Ask } from "./ask.ts";
import type { Connections } from "./connections.ts";
import { writeTaken } from "./taken.ts";

/** Instead of an account: look at everything. */
export const ALL = "*";

const NOTIFY = {
  name: "notify",
  text: "SELECT count(pg_notify($1, $2 || ' ' || said)) FROM unnest(CAST($3 AS text[])) AS said",
};

/** Of more accounts it is said that everything changed. */
const MOST_NAMES = 1000;
/** PostgreSQL carries less than 8000 bytes at once; an account has at most 320. */
const AT_ONCE = 20;
const AGAIN_MS = 1000;

export class Announcer {
  /** Stands before each name, so that this process tells its own notifications from others. */
  readonly id = randomBytes(9).toString("base64url");
  readonly #connections: Connections;
  readonly #channel: string;
  /** What could not be told yet. */
  readonly #untold = new Set<string>();

  constructor(connections: Connections, channel: string) {
    this.#connections = connections;
    this.#channel = channel;
  }

  /** Tells over a line that somebody has. Never rejects: what could not be told is told later. */
  async tell(ask: Ask, accounts: Iterable<string | undefined>): Promise<void> {
    const names = [...accounts].map((account) => account ?? ALL);
    try {
      await this.#say(ask, listed(names));
    } catch {
      // What was written is durable all the same. Who listens over a line that broke looks at everything when it is back.
      if (this.#untold.size === 0) setTimeout(() => void this.#tellLater(), AGAIN_MS).unref();
      for (const name of this.#untold.size < MOST_NAMES ? names : [ALL]) this.#untold.add(name);
    }
  }

  /** What is not told now is of no use later. @throws StoreError */
  tellTaken(taken: readonly Taken[]): Promise<void> {
    return this.#connections.use((ask) => this.#say(ask, writeTaken(taken)));
  }

  async #tellLater(): Promise<void> {
    const names = [...this.#untold];
    this.#untold.clear();
    const ask: Ask = (query) => this.#connections.use((over) => over(query));
    await this.tell(ask, names.includes(ALL) ? [undefined] : names);
  }

  async #say(ask: Ask, said: readonly string[]): Promise<void> {
    await ask({ ...NOTIFY, values: [this.#channel, this.id, said] });
  }
}

/** Names with a space between them, as accounts have none, so many as fit. */
function listed(names: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, index) =>
    names.slice(index * AT_ONCE, (index + 1) * AT_ONCE).join(" "),
  );
}
