/**
 * Brings to disk what was committed. The engine only writes to its log, which stands beside the file; the log is synced
 * in a thread of Node's, so that who wrote waits for the disk, and all others are served meanwhile.
 */
import { closeSync, fdatasync, openSync } from "node:fs";
import { StoreError } from "../errors.ts";

export class LogSync {
  readonly #log: number;

  /**
   * Opens the log at once: later there might be no descriptor left.
   *
   * @param file - the database, opened in WAL mode, whose engine syncs the log itself only where the order of writes needs it
   * @throws StoreError `failed`
   */
  constructor(file: string) {
    try {
      this.#log = openSync(`${file}-wal`, "r+");
    } catch (error) {
      const why = "its folder must be one that this user may write to, on a disk of this machine";
      throw new StoreError("failed", `The log of ${file} cannot be opened: ${why}.`, error);
    }
  }

  /** Resolves when all that was committed before is on disk. Rejects with the system's error. */
  readonly sync = (): Promise<void> =>
    new Promise((resolve, reject) => {
      fdatasync(this.#log, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });

  close(): void {
    closeSync(this.#log);
  }
}
