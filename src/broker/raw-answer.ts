/** An HTTP answer written on the bare socket, for where there is no response object: bytes that are not HTTP, upgrades. */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { writeOutcome } from "../protocol/index.ts";

/** So long the other end has to take the answer and to close; what it still sends meanwhile is not looked at. */
const LINGER_MS = 1000;

/** Writes a ConfirmResponse with HTTP's status and closes the socket. */
export function endWithAnswer(socket: Duplex, status: number, sentence: string, retryAfter?: number): void {
  const wait = retryAfter === undefined ? {} : { RetryAfter: retryAfter };
  const body = writeOutcome({ Status: status, StatusDescription: sentence, ...wait });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
