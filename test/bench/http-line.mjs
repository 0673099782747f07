/**
 * One connection to a server on loopback, kept alive: the least of an HTTP/1.1 client, so that the load generator costs
 * little beside what it measures. One request at a time, answers with Content-Length only; anything else fails.
 */
import { connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const ANSWER_MS = 10_000;

export class HttpLine {
  #socket;
  #host;
  #received = Buffer.alloc(0);
  #waiting;

  /** Connects to a port of 127.0.0.1; what goes wrong is told by the first {@link send}. */
  constructor(port) {
    this.#host = `127.0.0.1:${port}`;
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("data", (bytes) => this.#take(bytes));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("The server closed the connection.")));
    this.#socket.on("timeout", () => this.#socket.destroy(new Error("The server did not answer.")));
  }

  /** Sends a request; resolves to the status and the body of its answer. */
  send(method, path, type, body = "") {
    const head = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${this.#host}`,
      ...(body === "" ? [] : [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`]),
    ];
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) reject(new Error("The connection is closed."));
      this.#waiting = { resolve, reject };
      this.#socket.setTimeout(ANSWER_MS);
      this.#socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.latin1Slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return this.#fail(new Error("The answer has no Content-Length."));
    const start = headEnd + HEAD_END.length;
    const end = start + Number(length);
    if (this.#received.length < end) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.#received.utf8Slice(start, end) };
    this.#received = this.#received.subarray(end);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#socket.setTimeout(0);
    waiting?.resolve(answer);
  }

  #fail(error) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#socket.destroy();
    waiting?.reject(error);
  }
}
