/**
 * Hears which accounts other processes changed, over a connection of its own. When that breaks it is made again, sooner
 * or later, and then everything has to be looked at once: what was said meanwhile nobody heard.
 */
import pg from "pg";
import { ALL, CHANNEL } from "./announcer.ts";
import type { Place } from "./place.ts";

const FIRST_MS = 100;
const LONGEST_MS = 5000;
/** A line that is dead and does not say so is found by asking. */
const ASK_MS = 30_000;

export class Listener {
  readonly #place: Place;
  readonly #own: string;
  readonly #listener: (account?: string) => void;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #failures = 0;

  /** @param own - the name before notifications of this process */
  constructor(place: Place, own: string, listener: (account?: string) => void) {
    this.#place = place;
    this.#own = own;
    this.#listener = listener;
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#place.config);
    this.#client = client;
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(this.#timer);
      client.end().catch(() => undefined);
      if (this.#closed) return;
      const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures) * (0.5 + Math.random() / 2);
      this.#failures += 1;
      this.#timer = setTimeout(() => void this.#connect(), wait).unref();
    };
    client.on("error", over);
    client.on("end", over);
    client.on("notification", ({ payload = "" }) => {
      const [from, account] = payload.split(" ");
      if (from !== this.#own) this.#listener(account === ALL ? undefined : account);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      over();
      return;
    }
    this.#failures = 0;
    this.#listener();
    const ask = (): void => {
      client.query("SELECT 1").then(() => {
        if (!isOver) this.#timer = setTimeout(ask, ASK_MS).unref();
      }, over);
    };
    this.#timer = setTimeout(ask, ASK_MS).unref();
  }
}
