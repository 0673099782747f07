/**
 * The bank's state in one file. A change is on the disk before anybody sees it, and changes happen one after the other;
 * a crash leaves the state before or after a change, never between.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { BankState } from "./model.ts";
import { parseState, writeState } from "./parse-state.ts";

export class StateFile {
  readonly #path: string;
  #state: BankState;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, state: BankState) {
    this.#path = path;
    this.#state = state;
  }

  /**
   * Opens the file, or begins one with `first`.
   *
   * @throws {StateError} for a file that the bank did not write
   */
  static async open(path: string, first: () => BankState): Promise<StateFile> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    const file = new StateFile(path, text === undefined ? first() : parseState(text));
    if (text === undefined) await file.#write(file.#state);
    return file;
  }

  /** The state as it is on the disk. */
  get state(): BankState {
    return this.#state;
  }

  /** Makes the next state from the one that is current when its turn comes. */
  change(next: (state: BankState) => BankState): Promise<BankState> {
    const turn = this.#last.then(async () => {
      const changed = next(this.#state);
      if (changed !== this.#state) {
        await this.#write(changed);
        this.#state = changed;
      }
      return changed;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(state: BankState): Promise<void> {
    const beside = `${this.#path}.${randomUUID()}`;
    try {
      const file = await open(beside, "wx", 0o600);
      try {
        await file.writeFile(writeState(state));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, this.#path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }
}
