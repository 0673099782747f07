/** The enquirer's SDK: ask the user first, and keep the receipt. Public as `mesh-confirm`. */
export { Enquirer, type EnquirerOptions } from "./enquirer.ts";
export type { Discovery } from "../node/index.ts";
export type { ProfileDevice } from "./account-profile.ts";
export { EnquirerError, type EnquirerErrorCode } from "./errors.ts";
export type { Answered, AnswererRule, AskResult, Notice, Posted, Question, WaitOptions } from "./types.ts";
export type { SrmlInput } from "../srml/index.ts";
export {
  type Check,
  type CheckName,
  type Pin,
  type Receipt,
  ReceiptError,
  type ReceiptErrorCode,
  type ReceiptTrust,
  type VerifiedReceipt,
  verifyReceipt,
  writeReceipt,
} from "../receipt/index.ts";
