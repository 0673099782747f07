/** Money as integer cents, in and out of text. No floating point anywhere: 0.1 + 0.2 is not the bank's problem. */

/** Euro cents; a whole number. */
export type Cents = number;

/** The largest amount of one payment: 1,000,000.00 EUR. */
const MOST: Cents = 100_000_000;

const PLAIN = /^(\d{1,9})(?:\.(\d{1,2}))?$/;
const GROUPED = /^(\d{1,3}(?:,\d{3})+)(?:\.(\d{2}))?$/;

/**
 * Reads an amount that a customer typed: `1200`, `1200.5`, `1,200.00`.
 *
 * @returns undefined for anything else, for nothing, and for more than one payment may be
 */
export function parseAmount(text: string): Cents | undefined {
  const match = PLAIN.exec(text.trim()) ?? GROUPED.exec(text.trim());
  if (match === null) return undefined;
  const euros = (match[1] ?? "").replaceAll(",", "");
  const cents = (match[2] ?? "").padEnd(2, "0");
  const amount = Number(euros + cents);
  return amount > 0 && amount <= MOST ? amount : undefined;
}

/** Writes an amount as `1,200.00`, with a minus sign (U+2212) where it is negative. */
export function formatAmount(amount: Cents): string {
  const digits = String(Math.abs(amount)).padStart(3, "0");
  const euros = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0 ? "−" : ""}${euros}.${digits.slice(-2)}`;
}

/** Writes an amount with its currency, as `1,200.00 EUR`. */
export function formatMoney(amount: Cents): string {
  return `${formatAmount(amount)} EUR`;
}
