/** Do the dates of an answer fit those of its request? */
import type { VerifiedRequest, VerifiedResponse } from "../crypto/index.ts";
import { LIMITS } from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";

/** The device's clock may be off by as much as the responder tolerates, and no more. @throws ReceiptError `dates` */
export function checkDates(request: VerifiedRequest, response: VerifiedResponse): void {
  const { created } = response;
  if (created === undefined) return;
  const early = request.created !== undefined && created < request.created - LIMITS.clockSkewMs;
  const late = request.expire !== undefined && created > request.expire + LIMITS.clockSkewMs;
  if (early || late) {
    throw new ReceiptError(
      "dates",
      `The answer is dated ${early ? "before the request was made" : "after it expired"}.`,
    );
  }
}
