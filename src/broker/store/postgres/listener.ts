/**
 * Hears which accounts other processes changed, and what they took from buckets, over a connection of its own. When that breaks it is made again, sooner
 * or later, and then everything has to be looked at once: what was said meanwhile nobody heard.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Taken } from "../taken.ts";
import { ALL } from "./announcer.ts";
import type { Place } from "./place.ts";
import { readTaken, TAKEN } from "./taken.ts";

const FIRST_MS = 100;
const LONGEST_MS = 5000;
/** A line that is dead and does not say so is found by asking. */
const ASK_MS = 30_000;
const CLOSE_MS = 1000;

export interface Heard {
  readonly channel: string;
  /** The name before notifications of this process. */
  readonly own: string;
  readonly changed: (account?: string) => void;
  readonly taken: (taken: readonly Taken[]) => void;
}

export class Listener {
  readonly #place: Place;
  readonly #heard: Heard;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #failures = 0;

  constructor(place: Place, heard: Heard) {
    this.#place = place;
    this.#heard = heard;
    void this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // A line that stopped does not say that it is closed.
    await Promise.race([this.#client?.end().catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]);
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
      const [from, ...said] = payload.split(" ");
      if (from === this.#heard.own) return;
      for (const one of said) {
        if (one.startsWith(TAKEN)) this.#heard.taken(readTaken(one));
        else this.#heard.changed(one === ALL ? undefined : one);
      }
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${this.#heard.channel}`);
    } catch {
      over();
      return;
    }
    this.#failures = 0;
    this.#heard.changed();
    const ask = (): void => {
      client.query("SELECT 1").then(() => {
        if (!isOver) this.#timer = setTimeout(ask, ASK_MS).unref();
      }, over);
    };
    this.#timer = setTimeout(ask, ASK_MS).unref();
  }
}
