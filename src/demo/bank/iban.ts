/** International bank account numbers (ISO 13616): read strictly, kept compact, shown in groups of four. */

const SHAPE = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;

/**
 * Reads an IBAN that a customer typed, with or without spaces.
 *
 * @returns the compact form; undefined where the form or the check digits (ISO 7064, mod 97-10) are wrong
 */
export function parseIban(text: string): string | undefined {
  const iban = text.replaceAll(/[\s-]/g, "").toUpperCase();
  return SHAPE.test(iban) && remainder(iban) === 1 ? iban : undefined;
}

/** Writes an IBAN in groups of four, as on paper: `DE02 1203 0000 0000 2020 51`. */
export function formatIban(iban: string): string {
  return iban.replaceAll(/(.{4})(?=.)/g, "$1 ");
}

/** The number, its first four characters moved to the end and letters counted from A = 10, modulo 97. */
function remainder(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest;
}
