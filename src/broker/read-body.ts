/** Reads a body and stops at its limit: what is longer is refused while it arrives, not after it was kept. */
import type { IncomingMessage } from "node:http";
import type { Room } from "./bounds/room.ts";

/** The body; `too_large`; or `gone` where the caller went away or was too slow. */
export type Body = Uint8Array | "too_large" | "gone";

/** What a connection costs on which a body is coming, however little of it is there; bytes, roughly. */
const CONNECTION_BYTES = 16 * 1024;

export function readBody(request: IncomingMessage, maxBytes: number, room: Room): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const part = room.take(CONNECTION_BYTES, () => request.destroy());
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        chunks.length = 0;
        resolve("too_large");
      } else {
        chunks.push(chunk);
        part.add(chunk.length);
      }
    });
    request.on("end", () => {
      part.leave();
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    request.on("error", () => {
      resolve("gone");
    });
    request.on("close", () => {
      part.leave();
      resolve("gone");
    });
  });
}
