/** Connect codes as the operator's side makes and shows them (Appendix A of the design). */
import { base32 } from "./udf.ts";

/** A new connect code: 80 random bits, as 16 capitals without separators. */
export function newConnectCode(): string {
  return base32(crypto.getRandomValues(new Uint8Array(10)), 80);
}

/** The code as it is shown: `XXXX-XXXX-XXXX-XXXX`. */
export function showConnectCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1-");
}
