/** What a call was refused with; a call that was not refused fails the test. */
import { SrmlError } from "../../src/srml/index.ts";

export function refusalOf(call: () => unknown): SrmlError {
  try {
    call();
  } catch (error) {
    if (error instanceof SrmlError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}
