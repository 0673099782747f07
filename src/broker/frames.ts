/** Frames on their way to a client. One that does not take them is cut off, and comes back. */
import type { WebSocket } from "ws";
import type { Room } from "./bounds/room.ts";

/** WebSocket's code for a caller who may not (RFC 6455 §7.4.1). */
export const POLICY_VIOLATION = 1008;

/** What a frame costs while it waits, besides its text; bytes, roughly. */
const FRAME_BYTES = 512;

/** Sends a text; resolves when the system took it, or the channel ended. */
export function sendFrame(socket: WebSocket, text: string, frames: Room): Promise<void> {
  const part = frames.take(FRAME_BYTES + text.length, () => socket.terminate());
  return new Promise((resolve) => {
    socket.send(text, () => {
      part.leave();
      resolve();
    });
  });
}

/** Answers a ping of WebSocket itself. */
export function sendPong(socket: WebSocket, data: Buffer, frames: Room): void {
  const part = frames.take(FRAME_BYTES + data.length, () => socket.terminate());
  socket.pong(data, false, part.leave);
}
