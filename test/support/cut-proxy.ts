/** A way to a broker on which the push channel can be cut: calls pass, WebSockets only while they may. */
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { connect, type Socket } from "node:net";

export class CutProxy {
  #passes = true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on `port` for what goes to `target`, both on the loopback address. */
  static async open(port: number, target: number): Promise<CutProxy> {
    const server = createServer((asked, answer) => {
      const { method, url, headers } = asked;
      const onward = request({ host: "127.0.0.1", port: target, method, path: url, headers }, (came) => {
        answer.writeHead(came.statusCode ?? 502, came.headers);
        came.pipe(answer);
      });
      onward.on("error", () => answer.destroy());
      asked.pipe(onward);
    });
    const proxy = new CutProxy(server);
    server.on("upgrade", (asked, socket: Socket) => {
      socket.on("error", () => undefined);
      if (!proxy.#passes) {
        socket.destroy();
        return;
      }
      const onward = connect(target, "127.0.0.1", () => {
        const pairs = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
        onward.write(`GET ${asked.url ?? "/"} HTTP/1.1\r\n${pairs.join("")}\r\n`);
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      for (const one of [socket, onward]) {
        proxy.#sockets.add(one);
        one.on("close", () => proxy.#sockets.delete(one));
      }
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** Ends what is open, and lets nothing new through until {@link joinPush}. */
  cutPush(): void {
    this.#passes = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  joinPush(): void {
    this.#passes = true;
  }

  async close(): Promise<void> {
    this.cutPush();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
