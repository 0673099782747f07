/**
 * Verifying a receipt, years later, by anyone: both signatures, the text, the choice, the dates, and whether the device
 * that signed is one that the verifier knows. `Devices` is evidence of what the broker said, never an anchor.
 */
import { type VerifiedAnswer, verifyAnswer } from "./answer.ts";
import { Checklist } from "./checklist.ts";
import type { Check } from "./checks.ts";
import { ReceiptError } from "./errors.ts";
import { type Receipt, readReceipt, type ReceiptTrust } from "./shape.ts";

/** A device that the verifier knows. Without `account` it may answer for any account. */
export interface Pin {
  readonly kid: string;
  readonly account?: string;
}

export interface VerifiedReceipt extends VerifiedAnswer {
  readonly brokerId: string;
  /** How the enquirer knew the device at the time. */
  readonly trust: ReceiptTrust;
  /** What was checked, in order. */
  readonly checks: readonly Check[];
}

/** True where one of the pins is this key, for this account. */
export function isPinned(pins: readonly Pin[], account: string, kid: string): boolean {
  return pins.some((pin) => pin.kid === kid && (pin.account === undefined || pin.account === account));
}

/**
 * Verifies a receipt.
 *
 * @param input - the receipt, as written by `writeReceipt` or already read
 * @param options.pins - the devices that the verifier knows
 * @throws ReceiptError any code
 */
export async function verifyReceipt(
  input: Uint8Array | string | Receipt,
  options: { readonly pins: readonly Pin[] },
): Promise<VerifiedReceipt> {
  const receipt = typeof input === "string" || input instanceof Uint8Array ? readReceipt(input) : input;
  const checks = new Checklist();
  const answer = await verifyAnswer(receipt.Response, undefined, checks);
  const { request, response } = answer;
  await checks.make("device", () => {
    if (isPinned(options.pins, request.toId, response.signer.kid)) return;
    throw new ReceiptError(
      "not_anchored",
      `Signed by ${response.signer.kid}, a device that is not pinned for ${request.toId}.`,
    );
  });
  checks.passed("device", `pinned for ${request.toId}`);
  return Object.freeze({ ...answer, brokerId: receipt.BrokerID, trust: receipt.Trust, checks: checks.made });
}
