/** Bare sockets to a broker on loopback, for what no honest client does. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawSocket {
  readonly socket: Socket;
  /** What came so far. */
  readonly text: () => string;
  /** All that came, once the other end closed. */
  readonly closed: Promise<string>;
}

/** Connects; what the other end does to the socket is no error. */
export async function rawSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(text));
  });
  await Promise.race([once(socket, "connect"), closed]);
  return { socket, text: () => text, closed };
}

/** The head of a call, without the empty line after it. */
export function headOf(port: number, ...more: readonly string[]): string {
  return [`POST /.well-known/confirm HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...more, ""].join("\r\n");
}

/** A whole call that says Hello. */
export function helloCall(port: number): string {
  const body = '{"HelloRequest":{}}';
  return `${headOf(port, `Content-Length: ${body.length}`)}\r\n${body}`;
}
