/** A file of receipts: one, as an enquirer keeps it, or all that a device has, as its settings page saves them. */
import { isJsonObject, type JsonValue, LIMITS, list, object, ProtocolError, scanJson } from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";
import { type Receipt, ReceiptBody } from "./shape.ts";

/** What one file has at most. */
const MOST = 1000;

const Receipts = object({ Receipts: list(ReceiptBody, 1, MOST) });

/**
 * Reads the receipts of a file; nothing in them is believed yet.
 *
 * @returns undefined where it is not such a file; then it has one receipt, or is none
 * @throws ReceiptError `malformed` where one of them is not of the form
 */
export function readReceipts(input: Uint8Array | string): readonly Receipt[] | undefined {
  let json: JsonValue;
  try {
    json = scanJson(input, LIMITS.receiptsBytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
  if (!isJsonObject(json) || json["Receipts"] === undefined) return undefined;
  try {
    return Receipts.read(json, "file").Receipts;
  } catch (error) {
    if (error instanceof ProtocolError) throw new ReceiptError("malformed", error.message);
    throw error;
  }
}
