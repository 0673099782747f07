/** Reads a body and stops at its limit: what is longer is refused while it arrives, not after it was kept. */
import type { IncomingMessage } from "node:http";

/** The body; `too_large`; or `gone` where the caller went away or was too slow. */
export type Body = Uint8Array | "too_large" | "gone";

export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve("too_large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        resolve("too_large");
      } else {
        chunks.push(chunk);
      }
    });
    request.on("end", () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    request.on("error", () => {
      resolve("gone");
    });
    request.on("close", () => {
      resolve("gone");
    });
  });
}
