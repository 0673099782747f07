/** The audit log: kept by the store with what it records; verified, signed, moved out and erased from here. */
export { AuditError, type AuditErrorCode } from "./errors.ts";
export { type ErasedBodies, eraseBodies } from "./erase.ts";
export type { Problem, ProblemCode } from "./findings.ts";
export { keepCheckpoints } from "./keep-checkpoints.ts";
export { makeCheckpoint } from "./make-checkpoint.ts";
export { type Moved, moveRecords } from "./rotate.ts";
export { type AuditOptions, type AuditReport, verifyAudit } from "./verify.ts";
