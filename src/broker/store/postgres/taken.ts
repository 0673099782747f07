/** What was taken from buckets, as notifications: lists of `[bucket, name, count]`, each short enough for one. */
import type { Taken } from "../taken.ts";

/** PostgreSQL carries less than 8000 bytes at once; a name has at most 41 signs. */
const AT_ONCE = 100;

/** How a notification about buckets begins, as no account does. */
export const TAKEN = "[";

export function writeTaken(taken: readonly Taken[]): readonly string[] {
  const lists = Array.from({ length: Math.ceil(taken.length / AT_ONCE) }, (_, index) =>
    taken.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  return lists.map((list) => JSON.stringify(list.map(({ bucket, name, count }) => [bucket, name, count])));
}

/** What can be read of it: another version may say more. */
export function readTaken(text: string): readonly Taken[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  return isList(list) ? list.flatMap(readOne) : [];
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function readOne(one: unknown): readonly Taken[] {
  const [bucket, name, count] = isList(one) ? one : [];
  if (typeof bucket !== "string" || typeof name !== "string" || typeof count !== "number") return [];
  return Number.isSafeInteger(count) && count > 0 ? [{ bucket, name, count }] : [];
}
