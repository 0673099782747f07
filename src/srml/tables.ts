/**
 * Reads the generated tables. A number is written in base 32, its least significant digit first, in the alphabet of
 * base64url, where a digit of 32 or more says that another one follows. A set of code points is written as the points
 * at which membership changes, in ascending order, each as its difference to the one before. The tables are this
 * project's own: `test/srml` shows that they are what the generator writes, so nothing is refused here.
 */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES: ReadonlyMap<number, number> = new Map(Array.from(DIGITS, (sign, value) => [sign.charCodeAt(0), value]));

/** The numbers of a table. */
export function decodeNumbers(table: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  let scale = 1;
  for (let at = 0; at < table.length; at += 1) {
    const digit = VALUES.get(table.charCodeAt(at)) ?? 0;
    number += (digit % 32) * scale;
    scale *= 32;
    if (digit < 32) {
      numbers.push(number);
      number = 0;
      scale = 1;
    }
  }
  return numbers;
}

/** Partial sums: what differences were taken of. */
export function accumulate(differences: readonly number[]): Uint32Array {
  let sum = 0;
  return Uint32Array.from(differences, (difference) => (sum += difference));
}

/** How many of the ascending `edges` are not above `point`. */
export function countUpTo(edges: Uint32Array, point: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Infinity) <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls `make` the first time that its value is wanted: a worker that wakes to answer need not read every table. */
export function lazy<Value extends object>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}

/** The membership test of a set table. */
export function codePointSet(table: string): (point: number) => boolean {
  const edges = lazy(() => accumulate(decodeNumbers(table)));
  return (point) => countUpTo(edges(), point) % 2 === 1;
}
