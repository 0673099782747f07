/** The broker's stamp in a receipt: it must be of this request and this answer, and no date may contradict another. */
import { CryptoError, openStamp, requestDigest, type VerifiedStamp } from "../crypto/index.ts";
import { type FlattenedJws, LIMITS, ProtocolError } from "../protocol/index.ts";
import type { VerifiedAnswer } from "./answer.ts";
import { ReceiptError } from "./errors.ts";

/** The request and its answer, of which it is known that each is signed. */
type Signed = Pick<VerifiedAnswer, "request" | "response">;

/**
 * Holds a stamp against a verified answer. Whether its signer is a service that the verifier knows is for the caller.
 *
 * @throws ReceiptError `stamp`
 */
export async function verifyStamp(stamp: FlattenedJws, answer: Signed): Promise<VerifiedStamp> {
  const opened = await open(stamp);
  const { request, response } = answer;
  if (opened.requestDigest !== request.digest) throw wrong("is of another request");
  if (opened.responseDigest !== (await requestDigest(response.jws))) throw wrong("is of another answer");
  checkDates(opened.received, answer);
  return opened;
}

async function open(stamp: FlattenedJws): Promise<VerifiedStamp> {
  try {
    return await openStamp(stamp);
  } catch (error) {
    if (error instanceof CryptoError || error instanceof ProtocolError)
      throw wrong(`does not hold (${error.message.replace(/\.$/, "")})`);
    throw error;
  }
}

/** Three clocks, of which each may be off by what is tolerated everywhere. A device may sign long before it is online. */
function checkDates(received: number, { request, response }: Signed): void {
  const skew = LIMITS.clockSkewMs;
  if (request.created !== undefined && received < request.created - skew) throw wrong("is older than the request");
  if (request.expire !== undefined && received > request.expire + skew) throw wrong("is later than the request's end");
  if (response.created !== undefined && received < response.created - skew) throw wrong("is older than the answer");
}

function wrong(what: string): ReceiptError {
  return new ReceiptError("stamp", `The broker's stamp ${what}.`);
}
