/**
 * How the work of a function grows with its input, in processor time of this process: what other processes do does not
 * count, and the smallest of several measurements is the one that nothing else disturbed.
 */

/** Does the work once for an input of this size; what it refuses costs time as well. */
export type Work = (size: number) => () => unknown;

/** A batch must take so long that the clock's grain does not matter; microseconds. */
const BATCH = 1500;
const MOST_ROUNDS = 60;
/** It is not given up sooner, so that a short time in which others have the machine's caches decides nothing; milliseconds. */
const PATIENCE_MS = 3000;

async function once(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    // A refusal is an end like any other.
  }
}

/** Processor time of `times` runs, in microseconds. */
async function measure(work: () => unknown, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let run = 0; run < times; run++) await once(work);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function timesFor(work: () => unknown): Promise<number> {
  await once(work);
  let times = 1;
  for (;;) {
    const took = await measure(work, times);
    if (took >= BATCH || times >= 1 << 20) return times;
    times = Math.ceil(times * Math.min(16, (1.3 * BATCH) / Math.max(took, 50)));
  }
}

/**
 * How many times longer the work takes when its input is `factor` times as large. It measures both sizes in turn until the
 * smallest times found so far are at most `enough` apart, or there is no hope: more measurements bring each of the two
 * closer to its true time and never past it.
 */
export async function growth(work: Work, size: number, factor: number, enough: number): Promise<number> {
  const [small, large] = [work(size), work(size * factor)];
  const [times, timesLarge] = [await timesFor(small), await timesFor(large)];
  let [least, leastLarge] = [Infinity, Infinity];
  const until = performance.now() + PATIENCE_MS;
  for (let round = 0; round < MOST_ROUNDS || performance.now() < until; round++) {
    least = Math.min(least, (await measure(small, times)) / times);
    leastLarge = Math.min(leastLarge, (await measure(large, timesLarge)) / timesLarge);
    if (round >= 2 && leastLarge / least <= enough) break;
  }
  return leastLarge / least;
}
