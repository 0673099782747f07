/**
 * Tells the other processes what was taken from the buckets here. Whatever a caller does, that is a few statements a second:
 * what piles up goes out together, and where nothing is taken nothing is said. If it cannot be told it is forgotten, and each
 * process goes on by its own count.
 */
import type { Taken } from "../store/index.ts";

/** So long a caller may take at two processes what one of them would not have given. */
const SOON_MS = 100;

export class Teller {
  readonly #news: () => readonly Taken[];
  readonly #tell: (taken: readonly Taken[]) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #next: Promise<void> | undefined;
  #telling: Promise<void> = Promise.resolve();

  /** @param news - what is to be told; empty where there is nothing */
  constructor(news: () => readonly Taken[], tell: (taken: readonly Taken[]) => Promise<void>) {
    this.#news = news;
    this.#tell = tell;
  }

  soon(): void {
    this.#timer ??= setTimeout(() => void this.now(), SOON_MS).unref();
  }

  /** Resolves when it is told, or cannot be; never rejects. */
  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next ??= this.#telling = this.#telling.then(() => this.#send());
    return this.#next;
  }

  async #send(): Promise<void> {
    this.#next = undefined;
    const news = this.#news();
    if (news.length === 0) return;
    await this.#tell(news).catch(() => undefined);
    this.soon();
  }
}
