/**
 * Keys that the broker holds under their kid, for objects and calls that carry no key. A kid is the fingerprint of its
 * key, so an imported one can be kept; whether it is still held is asked of the store each time.
 */
import { type HeldKey, importPublicKey } from "../crypto/index.ts";
import type { Store } from "./store/index.ts";

export type HeldKeys = HeldKey;

/** Finds the keys of registered enquirers, of devices, and of senders by RSA. */
export function heldKeys(store: Store): HeldKeys {
  return async (kid) => {
    const jwk = await store.heldKey(kid);
    return jwk === undefined ? undefined : importPublicKey(jwk);
  };
}
