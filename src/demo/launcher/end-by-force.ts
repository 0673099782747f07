/** Ends a browser that may hang. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks a browser to close, and kills it, with the processes of its group, when it has not done so in time.
 *
 * @param pid of its main process
 * @param patience milliseconds
 */
export async function endByForce(
  close: () => Promise<void>,
  closed: Promise<void>,
  pid: number | undefined,
  patience: number,
): Promise<void> {
  const asked = close().catch(() => undefined);
  const isLate = await Promise.race([Promise.all([asked, closed]).then(() => false), sleep(patience, true)]);
  if (!isLate || pid === undefined) return;
  kill(-pid);
  kill(pid);
  await Promise.race([closed, sleep(1000)]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone, or leads no group.
  }
}
