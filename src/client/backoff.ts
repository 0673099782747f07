/** How long to wait before the next try: doubling, with jitter, so that many clients do not come back at once. */

/**
 * @param failures - how many tries failed so far, at least 1
 * @param random - a number from 0 to 1
 * @returns milliseconds: half to all of 1 s, 2 s, 4 s ... up to 5 minutes
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(1000 * 2 ** Math.min(failures - 1, 20), 300_000);
  return Math.round(full * (0.5 + random / 2));
}
