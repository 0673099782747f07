/** How everything here is fetched: nothing is sent along, no redirect is followed, and an endless answer costs no more than its bound. */
import { ClientError } from "./errors.ts";

/** What no call sends or follows. */
export const DISCREET = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" } as const;

/**
 * Fetches, and reads what comes within the same time.
 *
 * @throws ClientError `unreachable`, `timeout`, `aborted`, and what `read` throws
 */
export async function fetchFrom<T>(
  url: string,
  request: RequestInit,
  options: { readonly fetch: typeof fetch; readonly timeoutMs: number; readonly signal?: AbortSignal },
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    return await read(await options.fetch(url, { ...request, ...DISCREET, redirect: "error", signal }));
  } catch (error) {
    if (error instanceof ClientError) throw error;
    if (options.signal?.aborted === true) throw new ClientError("aborted", "The call was given up.");
    if (timeout.aborted) throw new ClientError("timeout", `${url} did not answer in time.`);
    throw new ClientError("unreachable", `${url} cannot be reached.`);
  }
}

/**
 * Reads a body piece by piece.
 *
 * @param maxBytes - read no more than this
 * @throws ClientError `malformed` for a longer body
 */
export async function readBounded({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // Whoever leaves the loop cancels the stream.
  for await (const piece of body ?? []) {
    size += piece.length;
    if (size > maxBytes) throw new ClientError("malformed", `The answer is larger than ${String(maxBytes)} bytes.`);
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
