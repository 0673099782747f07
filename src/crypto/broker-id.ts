/** BrokerIDs: a fingerprint's alphabet and length, over random bits. */

import { presentUdf } from "./udf.ts";

const VERSION_RANDOM = 136;

/** A new BrokerID: 142 random bits after the first byte. Whoever knows it may ask for the request's status. */
export function newBrokerId(): string {
  return presentUdf(VERSION_RANDOM, crypto.getRandomValues(new Uint8Array(18)));
}
