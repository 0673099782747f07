/**
 * A sum of each request, its body and its answer, written with it and compared when it is read: what a disk made of them is
 * not served. It is no protection against a person, for whom there are signatures.
 */
import { crc32 } from "node:zlib";
import { damagedStore } from "../errors.ts";
import type { Value } from "../script.ts";

export function sumOf(...values: readonly Value[]): number {
  return crc32(JSON.stringify(values));
}

/**
 * Compares a sum. A row of an older version has none.
 *
 * @throws StoreError `damaged`
 */
export function requireSum(sum: number | undefined, ...values: readonly Value[]): void {
  if (sum !== undefined && sum !== sumOf(...values)) throw damagedStore("A row is not what was written");
}
