/** The receipt as it is written (Appendix A of the design): what an enquirer keeps, and hands to whoever doubts. */
import {
  BrokerId,
  FlattenedJws,
  Jws,
  LIMITS,
  list,
  MatchCode,
  object,
  oneOf,
  ProtocolError,
  type ReadOf,
  scanJson,
  Sha256,
  tagged,
} from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";

/** How the enquirer knew the device when it took the answer. A record of its opinion: a verifier forms its own. */
export const RECEIPT_TRUST = ["pinned", "endorsed", "first-use"] as const;
export type ReceiptTrust = (typeof RECEIPT_TRUST)[number];

/** What the tag holds. */
export const ReceiptBody = object(
  {
    BrokerID: BrokerId,
    Response: Jws,
    Devices: list(Jws, 0, LIMITS.devices),
    Endorsements: list(Jws, 0, LIMITS.devices),
    Revocations: list(Jws, 0, LIMITS.devices),
    Trust: oneOf(...RECEIPT_TRUST),
  },
  { Stamp: FlattenedJws, Match: object({ Nonce: Sha256, Code: MatchCode }) },
);

const Receipt = tagged("Receipt", ReceiptBody);
export type Receipt = ReadOf<typeof Receipt>;

/** Writes a receipt as JSON with its tag. */
export function writeReceipt(receipt: Receipt): string {
  return `${JSON.stringify({ Receipt: receipt }, null, 2)}\n`;
}

/**
 * Reads a receipt; nothing in it is believed yet.
 *
 * @throws ReceiptError `malformed`
 */
export function readReceipt(input: Uint8Array | string): Receipt {
  try {
    return Receipt.read(scanJson(input, LIMITS.receiptBytes), "receipt");
  } catch (error) {
    if (error instanceof ProtocolError) throw new ReceiptError("malformed", error.message);
    throw error;
  }
}
