/** An answer comes: it must be over exactly the posted request, by a device that may answer. Only then is it a yes or a no. */
import type { FlattenedJws, Jws } from "../protocol/index.ts";
import { type Receipt, ReceiptError, type VerifiedAnswer, verifyAnswer } from "../receipt/index.ts";
import type { LineOptions } from "./broker-line.ts";
import { answerers, profileDevices } from "./devices.ts";
import { EnquirerError } from "./errors.ts";
import { keptStamp } from "./kept-stamp.ts";
import type { Answered, Posted } from "./types.ts";

/**
 * Verifies an answer and makes its receipt.
 *
 * @param stamp - the broker's word on when the answer came, if it gave one
 * @throws EnquirerError `untrusted_answer`
 */
export async function takeAnswer(line: LineOptions, posted: Posted, jws: Jws, stamp?: FlattenedJws): Promise<Answered> {
  const answer = await verified(jws, posted.request);
  const { response, label } = answer;
  const pin = posted.pins[0];
  const allowed = await answerers(line, posted.to, {
    trustOnFirstUse: posted.trustOnFirstUse,
    ...(pin === undefined ? {} : { pin }),
  });
  const device = allowed.find((one) => one.kid === response.signer.kid);
  if (device === undefined) {
    throw new EnquirerError(
      "untrusted_answer",
      `The answer is signed by ${response.signer.kid}, which is not a pinned device of ${posted.to}. It does not count.`,
    );
  }
  const receipt: Receipt = {
    BrokerID: posted.brokerId,
    Response: jws,
    Devices: await evidence(
      line,
      posted.to,
      allowed.map((one) => one.kid),
    ),
    Endorsements: [],
    Revocations: [],
    ...(await keptStamp(line, stamp, answer)),
    Trust: device.how,
  };
  return Object.freeze({
    result: response.value ? "accepted" : "rejected",
    choice: response.choice,
    label,
    reason: response.reason,
    deviceKid: response.signer.kid,
    trust: device.how,
    receipt,
  });
}

async function verified(jws: Jws, posted: Jws): Promise<VerifiedAnswer> {
  try {
    return await verifyAnswer(jws, posted);
  } catch (error) {
    if (error instanceof ReceiptError) throw new EnquirerError("untrusted_answer", error.message);
    throw error;
  }
}

/** An answer does not wait for long for what it does not need. */
const EVIDENCE_TIMEOUT_MS = 5000;

/** What the broker says about the account's devices, for the receipt. The answer stands without it. */
async function evidence(line: LineOptions, account: string, pinned: readonly string[]): Promise<readonly Jws[]> {
  const devices = await profileDevices(line, account, { timeoutMs: EVIDENCE_TIMEOUT_MS }).catch(() => []);
  const unknown = devices.map((device) => device.kid).filter((kid) => !pinned.includes(kid));
  if (unknown.length > 0) line.notice({ kind: "unpinned_device", account, kids: unknown });
  return devices.map((device) => device.profile);
}
