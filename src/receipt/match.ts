/** The code of a request with `Match`: what the user typed must be what the enquirer showed, and what the request commits to. */
import { matchCommitment, type VerifiedRequest, type VerifiedResponse } from "../crypto/index.ts";
import { MatchCode, ProtocolError } from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";
import type { Receipt } from "./shape.ts";

export type MatchEvidence = NonNullable<Receipt["Match"]>;

/** A code as it stands in an answer. @throws ReceiptError `choice` */
export function requireCode({ choice }: VerifiedResponse): void {
  try {
    MatchCode.read(choice ?? "", "Choice");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ReceiptError("choice", "The answer accepts without a code, and the request asks for one.");
  }
}

/**
 * Holds the typed code against the one that the request commits to.
 *
 * @param evidence - nonce and code, as the enquirer has them
 * @throws ReceiptError `wrong_code` where another code was typed; `match` where that cannot be said
 */
export async function verifyMatch(
  request: VerifiedRequest,
  { choice }: VerifiedResponse,
  evidence: MatchEvidence | undefined,
): Promise<void> {
  if (evidence === undefined) {
    throw new ReceiptError("match", "The request asks for a code, and nonce and code are not there to compare.");
  }
  if ((await matchCommitment({ nonce: evidence.Nonce, code: evidence.Code })) !== request.match) {
    throw new ReceiptError("match", "Nonce and code are not those that the request was made with.");
  }
  if (choice !== evidence.Code) throw new ReceiptError("wrong_code", "The code that was typed is not the one shown.");
}
