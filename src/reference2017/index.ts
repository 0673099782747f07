/** Reads and verifies what the reference implementation of 2017 signed. Only this folder knows its rules. Pure. */
export { Reference2017Error, type Reference2017ErrorCode } from "./errors.ts";
export { scanJson2017 } from "./read-text.ts";
export { type Read2017, read2017, type Verified2017, verify2017 } from "./verify.ts";
