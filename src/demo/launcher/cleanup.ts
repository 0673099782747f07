/** What has to be undone when the demo ends, however it ends: last thing first, none waiting for ever. */
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 8000;

export class Cleanup {
  readonly #tasks: (() => Promise<void>)[] = [];
  #done: Promise<void> | undefined;

  /** Adds a task. One that is added while the rest is being undone runs at once. */
  add(task: () => Promise<void>): void {
    if (this.#done === undefined) this.#tasks.push(task);
    else void bounded(task);
  }

  /** Undoes everything; a second call waits for the first. */
  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    for (const task of this.#tasks.reverse()) await bounded(task);
  }
}

async function bounded(task: () => Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([task().catch((error: unknown) => console.error(error)), late]);
  timer.abort();
}
