/**
 * Brings to disk what was committed. The engine only writes to its log, which stands beside the file; the log is synced
 * in a thread of Node's, so that who wrote waits for the disk, and all others are served meanwhile.
 */
import { closeSync, fdatasync, openSync } from "node:fs";

export class LogSync {
  readonly #path: string;
  #log: number | undefined;

  /** @param file - the database, in WAL mode, which syncs its log itself only where it must be written in order */
  constructor(file: string) {
    this.#path = `${file}-wal`;
  }

  /** Resolves when all that was committed before is on disk. Rejects with the system's error. */
  readonly sync = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // The engine made the log when it opened the file, and removes it when nobody has the file open.
      this.#log ??= openSync(this.#path, "r+");
      fdatasync(this.#log, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });

  close(): void {
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
  }
}
