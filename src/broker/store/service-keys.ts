/** The keys that the service signs with, as every engine keeps them: the first one, and those that followed it. */
import type { PrivateJwk } from "../../crypto/index.ts";
import type { Jws } from "../../protocol/index.ts";

export interface LaterServiceKey {
  readonly jwk: PrivateJwk;
  /** The handover, signed by the key before it. */
  readonly handover: Jws;
  /** From when on it signs; milliseconds since 1970. */
  readonly since: number;
}

export interface ServiceKeyStore {
  /** The service's first key, where it has one. */
  firstServiceKey(): Promise<PrivateJwk | undefined>;
  /** The service's first key: the stored one, else `candidate`, which is stored. Two processes that start at once agree. */
  serviceKey(candidate: PrivateJwk): Promise<PrivateJwk>;
  /** The keys that followed it, in their order. */
  laterServiceKeys(): Promise<readonly LaterServiceKey[]>;
  /** Adds one behind the others; false where there are not exactly `after` of them: somebody else was faster. */
  addServiceKey(key: LaterServiceKey, after: number, now: number): Promise<boolean>;
}
