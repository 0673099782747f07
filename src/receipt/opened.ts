/** From the errors of `src/crypto` to those of receipts. */
import { CryptoError } from "../crypto/index.ts";
import { ProtocolError } from "../protocol/index.ts";
import { ReceiptError } from "./errors.ts";

/** Runs what opens a signed object; its errors as this layer's. @throws ReceiptError `signature`, `malformed` */
export async function opened<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof CryptoError) throw new ReceiptError("signature", error.message);
    if (error instanceof ProtocolError) throw new ReceiptError("malformed", error.message);
    throw error;
  }
}
