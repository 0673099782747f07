/** Reads a body piece by piece and stops at a bound, so that an endless answer costs no more than that. */
import { ClientError } from "./errors.ts";

/**
 * @param maxBytes - read no more than this
 * @throws ClientError `malformed` for a longer body
 */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new ClientError("malformed", `The answer is larger than ${String(maxBytes)} bytes.`);
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
