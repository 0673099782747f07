/**
 * Ctrl-C and SIGTERM for the commands that have something to finish first. All others are ended by the system, as any
 * program: what they write they write whole or not at all.
 */
import type { Exit } from "./exit.ts";

/** Whether the user wants it to stop. A function, because that changes under an await. */
export function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * Runs work that is told when the user wants it to stop.
 *
 * @param impatient - the exit code where the user says so a second time
 */
export async function untilStopped(work: (signal: AbortSignal) => Promise<Exit>, impatient: Exit): Promise<Exit> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(impatient);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    // From here on a signal ends the process itself, which is never a yes.
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
