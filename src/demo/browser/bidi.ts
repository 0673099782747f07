/**
 * A WebDriver BiDi connection (W3C) to Firefox: one command, one answer. Events are not read. A command that the
 * browser refuses throws what it said; one that gets no answer in time throws too.
 */
import { WebSocket } from "ws";
import { BrowserError } from "./browser-error.ts";
import { parseReply } from "./parse-reply.ts";
import type { Reply } from "./parse-reply.ts";

const PATIENCE = 30_000;

interface Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: BrowserError) => void;
  readonly timer: NodeJS.Timeout;
}

export class BidiConnection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#settle(parseReply(data.toString("utf8"))));
    socket.on("close", () => this.#rejectAll());
    // The close that follows says it to whoever waits.
    socket.on("error", () => undefined);
  }

  /**
   * Connects to a browser that listens.
   *
   * @throws {BrowserError} `no_browser`
   */
  static connect(url: string): Promise<BidiConnection> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.once("open", () => resolve(new BidiConnection(socket)));
      socket.once("error", (error) => reject(new BrowserError("no_browser", `${url}: ${error.message}`)));
    });
  }

  /**
   * Sends a command and waits for its result.
   *
   * @throws {BrowserError} `command`, `timeout`, `closed`
   */
  send(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new BrowserError("timeout", `${method}: no answer within ${PATIENCE} ms.`));
      }, PATIENCE);
      this.#waiting.set(id, { method, resolve, reject, timer });
      this.#socket.send(JSON.stringify({ id, method, params }), (error) => {
        if (error) this.#rejectAll();
      });
    });
  }

  /** Closes the connection; commands that wait fail with `closed`. */
  close(): void {
    this.#socket.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = reply.id === undefined ? undefined : this.#waiting.get(reply.id);
    if (reply.id === undefined || waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.error === undefined) waiting.resolve(reply.result);
    else waiting.reject(new BrowserError("command", `${waiting.method}: ${reply.error}`));
  }

  #rejectAll(): void {
    for (const { method, reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new BrowserError("closed", `${method}: the browser is closed.`));
    }
    this.#waiting.clear();
  }
}
