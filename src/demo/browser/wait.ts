import { setTimeout as sleep } from "node:timers/promises";
import { BrowserError } from "./browser-error.ts";

/**
 * Asks again until `probe` gives something other than undefined, and returns that.
 *
 * @param what what is waited for, for the message; a function may say what is there instead
 * @param timeout milliseconds
 * @throws {BrowserError} `timeout`
 */
export async function waitUntil<T>(
  what: string | (() => string),
  timeout: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) {
      throw new BrowserError("timeout", `${typeof what === "string" ? what : what()}: not within ${timeout} ms.`);
    }
    await sleep(50);
  }
}
