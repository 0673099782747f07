/** Random numbers that a failed test can be run with again: the seed is printed, and taken from SEED. */

/** Numbers from 0 to 1. */
export type Random = () => number;

/** Numbers from 0 to 1, always the same for one seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run, printed. */
export function seedOf(what: string): number {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`${what}: SEED=${seed}`);
  return seed;
}

export function seededRandom(what: string): Random {
  return randomFrom(seedOf(what));
}

/** A whole number from 0 to `below` - 1. */
export function upTo(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** One of a list that is not empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const found = list[upTo(random, list.length)];
  if (found === undefined) throw new Error("There is nothing to pick from.");
  return found;
}
