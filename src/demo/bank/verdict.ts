/**
 * From what the SDK says of a request to what becomes of the payment. `paid` needs an accepted answer of the linked
 * device, with a receipt that verifies and whose text is this very payment; everything else pays nothing.
 */
import { type Answered, type AskResult, verifyReceipt, writeReceipt } from "../../enquirer/index.ts";
import { confirmationText, PAY } from "./confirmation-text.ts";
import type { Evidence, Payment, PaymentState } from "./model.ts";

type End = Exclude<PaymentState, { kind: "asking" | "waiting" }>;
type Waiting = PaymentState & { kind: "waiting" };

const NOT_THIS = "The answer that came was not given by your linked device for this payment. Nothing was paid.";

/**
 * @param account the linked confirmation account
 * @param at the time of the booking, RFC 3339
 * @returns undefined where the wait was left, and goes on after the next start
 * @throws ReceiptError
 */
export async function verdictOn(
  payment: Payment,
  waiting: Waiting,
  account: string,
  result: AskResult,
  at: string,
): Promise<End | undefined> {
  switch (result.result) {
    case "accepted":
    case "rejected": {
      const evidence = await evidenceOf(payment, waiting, account, result);
      if (evidence === undefined) return { kind: "failed", at, problem: NOT_THIS };
      if (result.result === "accepted") return { kind: "paid", at, evidence };
      return { kind: "refused", at, isUnknown: result.reason === "unknown", evidence };
    }
    case "wrong_code":
      // No code is asked for, so none can be wrong.
      return { kind: "failed", at, problem: NOT_THIS };
    case "expired":
    case "timeout":
      return { kind: "expired", at };
    case "cancelled":
      return { kind: "cancelled", at };
    case "refused":
      return { kind: "failed", at, problem: "Your co-browser would not show the request. Nothing was paid." };
    case "removed":
      return { kind: "failed", at, problem: "Your confirmation account was removed. Nothing was paid." };
    case "aborted":
      return undefined;
  }
}

/** The receipt, read again as a stranger would: by the linked device, about this payment. */
async function evidenceOf(
  payment: Payment,
  { deviceKid, brokerId }: Waiting,
  account: string,
  answered: Answered,
): Promise<Evidence | undefined> {
  const { request, response, srml, ...receipt } = await verifyReceipt(answered.receipt, {
    pins: [{ kid: deviceKid, account }],
  });
  const isThis =
    answered.trust === "pinned" &&
    answered.deviceKid === deviceKid &&
    receipt.brokerId === brokerId &&
    request.toId === account &&
    response.value === (answered.result === "accepted") &&
    (!response.value || response.choice === PAY) &&
    JSON.stringify(textParts(srml)) === JSON.stringify(textParts(confirmationText(payment)));
  return isThis ? { brokerId, deviceKid, receipt: writeReceipt(answered.receipt) } : undefined;
}

function textParts({ heading, paragraphs, buttons }: ReturnType<typeof confirmationText>): readonly string[] {
  return [heading, ...paragraphs, ...buttons.map(({ value, label }) => `${value ?? ""}=${label}`)];
}
