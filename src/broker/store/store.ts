/**
 * What the broker keeps, independent of the engine. Every promise of a write resolves after the write is durable
 * (it survives `kill -9` and a power cut). Reads see every write that resolved before, of whichever process. Nothing is
 * cached: another process may add accounts.
 */
import type { AccountStore } from "./accounts.ts";
import type { AuditStore } from "./audit.ts";
import type { PolicyStore } from "./policies.ts";
import type { RequestStore } from "./requests.ts";
import type { ServiceKeyStore } from "./service-keys.ts";
import type { Taken, TakenStore } from "./taken.ts";

/** An authenticated call. */
export interface Call {
  readonly kid: string;
  readonly jti: string;
  /** When it is stale in any case and may be forgotten; milliseconds since 1970. */
  readonly until: number;
}

export interface CallStore {
  /**
   * Remembers a call.
   *
   * @returns false where this key used this `jti` before: a replay
   */
  claimCall(call: Call): Promise<boolean>;
  /** Forgets calls and connect codes that are over, a bounded number of them. False where there were none. */
  forget(now: number): Promise<boolean>;
}

export interface Store
  extends AccountStore, AuditStore, PolicyStore, RequestStore, CallStore, ServiceKeyStore, TakenStore {
  /**
   * Called once by a broker, before it serves: an engine that can have one at a time refuses a second.
   *
   * @throws StoreError `in_use`, `busy`, `failed`
   */
  occupy(): Promise<void>;
  /**
   * Calls `listener` soon after another process changed something: of an account, or of any where the engine does not say.
   * One listener; it must not throw.
   *
   * @param taken - called with what other processes tell of their buckets
   */
  watch(listener: (account?: string) => void, taken?: (taken: readonly Taken[]) => void): void;
  /** Waits for writes under way, then lets go of everything. */
  close(): Promise<void>;
}
