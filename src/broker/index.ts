/** The broker: `confirm broker`. One process, a store, and the policy of its operator. */
export {
  AuditError,
  type AuditOptions,
  type AuditReport,
  type ErasedBodies,
  eraseBodies,
  makeCheckpoint,
  type Moved,
  moveRecords,
  type Problem,
  verifyAudit,
} from "./audit/index.ts";
export { BrokerError, type BrokerErrorCode } from "./errors.ts";
export type { BrokerOptions } from "./options.ts";
export {
  type BucketRule,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  ENQUIRER_CLASSES,
  type EnquirerClass,
  type Limits,
  type PendingLimits,
  type Policy,
  readPolicy,
} from "./policy/index.ts";
export { recoverAccount, type Recovered } from "./recover.ts";
export { rotateServiceKey, serviceKeyOf, serviceKeysOf, signerAt } from "./service-keys.ts";
export { type RunningBroker, startBroker } from "./start.ts";
export {
  type DeviceState,
  isPassing,
  openAuditSnapshot,
  openStore,
  type Settled,
  type Store,
  type StoredAccount,
  type StoredDevice,
  type StoredEnquirer,
  StoreError,
  type StoreErrorCode,
} from "./store/index.ts";
