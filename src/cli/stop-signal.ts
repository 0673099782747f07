/**
 * Ctrl-C and SIGTERM for the commands that have something to finish first. All others are ended by the system, as any
 * program: what they write they write whole or not at all.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { Exit } from "./exit.ts";

export interface Stopping {
  /** Aborts when the user wants the command to stop. */
  readonly signal: AbortSignal;
  /**
   * From here on a signal ends the process at once, which is never a yes.
   *
   * @returns whether one came before
   */
  readonly close: () => Promise<boolean>;
}

/**
 * Runs work that is told when the user wants it to stop.
 *
 * @param impatient - the exit code where the user says so a second time
 */
export async function untilStopped(work: (stopping: Stopping) => Promise<Exit>, impatient: Exit): Promise<Exit> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(impatient);
    controller.abort();
  };
  const ignore = (): void => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  const close = async (): Promise<boolean> => {
    // A signal that came is seen in the next whole turn of the event loop; the present one may be past looking.
    await turn();
    return new Promise((closed) => {
      setImmediate(() => {
        ignore();
        closed(controller.signal.aborted);
      });
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work({ signal: controller.signal, close });
  } finally {
    ignore();
  }
}
