/** Makes a server listen, or says why it cannot. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { BrokerError } from "./errors.ts";

/** @throws BrokerError `listen` */
export function listen(
  server: Server,
  host: string,
  port: number,
): Promise<{ readonly host: string; readonly port: number }> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { readonly code?: string }): void => {
      const why = error.code === "EADDRINUSE" ? "something else listens there" : error.message;
      reject(new BrokerError("listen", `Cannot listen at ${host}:${port}: ${why}.`));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      const address = server.address();
      resolve({ host, port: typeof address === "object" && address !== null ? address.port : port });
    });
  });
}

/**
 * Prepares a server to be stopped. Node closes connections that are idle after a request, but not those that a client
 * opened ahead of one, so we count for ourselves.
 *
 * @returns what stops the server: it takes no more connections, ends those without a request under way, and waits for the
 *   others, at most `graceMs`
 */
export function prepareStop(server: Server, graceMs: number): () => Promise<void> {
  const idle = new Set<Duplex>();
  let stopping = false;
  server.on("connection", (socket: Socket) => {
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once("close", () => {
      if (stopping) socket.end();
      else if (!socket.destroyed) idle.add(socket);
    });
  });
  server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => idle.delete(socket));
  return async () => {
    stopping = true;
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    for (const socket of idle) socket.end();
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    await closed;
    clearTimeout(cut);
  };
}
