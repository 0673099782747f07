/** BrokerIDs: a fingerprint's alphabet and length, over random bits. */

import { presentUdf } from "./udf.ts";

const VERSION_RANDOM = 136;
const BYTES = 18;
/** Asking for random bytes costs as much for many as for a few. */
const AT_ONCE = 64;

const random = new Uint8Array(BYTES * AT_ONCE);
let used = random.length;

/** A new BrokerID: 142 random bits after the first byte. Whoever knows it may ask for the request's status. */
export function newBrokerId(): string {
  if (used === random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  const id = presentUdf(VERSION_RANDOM, random.subarray(used, used + BYTES));
  random.fill(0, used, used + BYTES);
  used += BYTES;
  return id;
}
