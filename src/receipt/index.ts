/** Receipts: built from an answer that verifies, verified by anyone. Pure. */
export { type VerifiedAnswer, verifyAnswer } from "./answer.ts";
export { type Check, type CheckName, CHECK_NAMES } from "./checks.ts";
export { type Endorsement, endorsedDevice, openEndorsement } from "./endorsement.ts";
export { ReceiptError, type ReceiptErrorCode } from "./errors.ts";
export { isOver, type KnownDevice, knownDevices, type PinnedKeys } from "./known-devices.ts";
export { type DeviceStatements, openStatements } from "./statements.ts";
export { type KnownPresence, knownPresence, openProfiles } from "./known-presence.ts";
export { presenceChallenge, verifyPresence } from "./presence.ts";
export { type Receipt, readReceipt, type ReceiptTrust, RECEIPT_TRUST, writeReceipt } from "./shape.ts";
export { readReceipts } from "./receipts.ts";
export { verifyStamp } from "./stamp.ts";
export { isPinned, type Pin, type VerifiedReceipt, type VerifierPins, verifyReceipt } from "./verify.ts";
