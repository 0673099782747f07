/** The text that the customer's device shows and signs: everything that the bank would do, and nothing else. */
import type { SrmlInput } from "../../enquirer/index.ts";
import { formatIban } from "./iban.ts";
import type { Payment } from "./model.ts";
import { formatMoney } from "./money.ts";

/** The name that the bank asks as. */
export const BANK_ID = "payments@ethel.example";
export const ACCOUNT_NUMBER = "4711";
export const ACCOUNT_NAME = `Current account ···${ACCOUNT_NUMBER}`;

/** The value of the one option. */
export const PAY = "pay";

export function confirmationText(payment: Payment): Required<SrmlInput> {
  return {
    heading: `Pay ${formatMoney(payment.cents)}`,
    paragraphs: [
      `To: ${payment.payeeName}`,
      `IBAN: ${formatIban(payment.iban)}`,
      `From: ${ACCOUNT_NAME}`,
      ...(payment.reference === "" ? [] : [`Reference: ${payment.reference}`]),
      ...(payment.isFirst ? ["This is your first payment to this payee."] : []),
    ],
    buttons: [{ value: PAY, label: "Pay" }],
  };
}
