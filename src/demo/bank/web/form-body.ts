/** Reads the body of a form: bounded, and only of the type that HTML forms send. */
import type { IncomingMessage } from "node:http";

const MOST_BYTES = 8 * 1024;
const TYPE = "application/x-www-form-urlencoded";

export type FormBody =
  { readonly ok: true; readonly form: URLSearchParams } | { readonly ok: false; readonly status: 413 | 415 };

export async function readForm(message: IncomingMessage): Promise<FormBody> {
  const type = message.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== TYPE) return { ok: false, status: 415 };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    size += bytes.length;
    if (size > MOST_BYTES) return { ok: false, status: 413 };
    chunks.push(bytes);
  }
  return { ok: true, form: new URLSearchParams(Buffer.concat(chunks).toString("utf8")) };
}
