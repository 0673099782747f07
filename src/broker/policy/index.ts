/** What a broker allows. */
export { accountRefusal, type AskingSender } from "./account-policy.ts";
export { createLimiter, type Limiter, requireAdmitted, type Standing } from "./limiter.ts";
export {
  type BucketRule,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  ENQUIRER_CLASSES,
  type EnquirerClass,
  type Limits,
  type PendingLimits,
  type Policy,
} from "./policy.ts";
export { readPolicy } from "./read-policy.ts";
