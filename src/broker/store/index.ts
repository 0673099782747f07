/** The store: one interface, and the engines behind it. */
import { StoreError } from "./errors.ts";
import type { AuditSnapshot } from "./audit.ts";
import { openPostgresSnapshot } from "./postgres/snapshot.ts";
import { openPostgresStore } from "./postgres/index.ts";
import { openSqliteSnapshot } from "./sqlite/snapshot.ts";
import { openSqliteStore } from "./sqlite/index.ts";
import type { Store } from "./store.ts";

export type {
  AccountStore,
  Admission,
  ConnectOutcome,
  DeviceRemoval,
  DeviceState,
  NewDevice,
  Recovery,
  RecoveryOutcome,
  SenderStanding,
  StoredAccount,
  StoredCode,
  StoredDevice,
  StoredEnquirer,
} from "./accounts.ts";
export { isFull, isPassing, StoreError, type StoreErrorCode } from "./errors.ts";
export type {
  AccountRequests,
  AddOutcome,
  KeptOfAnswer,
  KnownOfRequest,
  KnownRequest,
  NewAnswer,
  NewStoredRequest,
  PendingCaps,
  PendingQuery,
  PendingRequest,
  RequestStore,
  Settled,
  SettleOutcome,
  StoredRequest,
} from "./requests.ts";
export type {
  AuditChain,
  AuditedAnswer,
  AuditedBodies,
  AuditedRequest,
  AuditPlace,
  AuditReader,
  AuditRecord,
  AuditSnapshot,
  AuditStore,
  StoredCheckpoint,
} from "./audit.ts";
export { AUDIT_EVENTS } from "./audit.ts";
export { MOST_LOOKED_UP } from "./scripts/audit-reading.ts";
export { accountHash, recordHash } from "./audit-hash.ts";
export {
  type KnownSender,
  NO_POLICY,
  type PolicyChange,
  type PolicyStore,
  type StoredCoolDown,
  type StoredPolicy,
} from "./policies.ts";
export type { LaterServiceKey, ServiceKeyStore } from "./service-keys.ts";
export { afterRejection, type CoolDownRule, type Strikes } from "./strikes.ts";
export type { Call, CallStore, Store } from "./store.ts";
export type { Taken, TakenStore } from "./taken.ts";

/**
 * Opens a store, creating it where there is none.
 *
 * @param where - a directory for the embedded engine, or the address of a PostgreSQL database
 * @throws StoreError `unsupported`, `unavailable`, `newer_schema`, `not_a_store`, `busy`, `failed`
 */
export async function openStore(where: string): Promise<Store> {
  return isPostgres(where) ? openPostgresStore(where) : openSqliteStore(where);
}

/**
 * Opens a store as it is now, for reading its audit log: nothing is written, nothing made, and who writes is not held up.
 *
 * @throws StoreError `unsupported`, `unavailable`, `newer_schema`, `not_a_store`, `busy`, `failed`
 */
export async function openAuditSnapshot(where: string): Promise<AuditSnapshot> {
  return isPostgres(where) ? openPostgresSnapshot(where) : openSqliteSnapshot(where);
}

function isPostgres(where: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(where)?.[1]?.toLowerCase();
  if (scheme === undefined) return false;
  if (scheme === "postgres" || scheme === "postgresql") return true;
  throw new StoreError("unsupported", `There is no store for ${scheme}:// addresses.`);
}
