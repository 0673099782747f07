/** Makes a server listen, or says why it cannot. */
import type { IncomingMessage, Server as PlainServer, ServerResponse } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { BrokerError } from "./errors.ts";

export type Server = PlainServer | TlsServer;

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
 * opened ahead of one, so we count for ourselves. With TLS a request comes on another socket than the connection.
 *
 * @returns what stops the server: it takes no more connections, ends those without a request under way, and waits for the
 *   others, at most `graceMs`
 */
export function prepareStop(server: Server, graceMs: number): () => Promise<void> {
  const idle = new Set<Duplex>();
  const handshaking = new Map<string, Socket>();
  let stopping = false;
  const opened = (socket: Duplex): void => {
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
  };
  if ("setSecureContext" in server) {
    server.on("connection", (socket: Socket) => {
      const peer = peerOf(socket);
      handshaking.set(peer, socket);
      socket.once("close", () => handshaking.delete(peer));
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      handshaking.delete(peerOf(socket));
      opened(socket);
    });
  } else server.on("connection", opened);
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
    for (const socket of handshaking.values()) socket.destroy();
    for (const socket of idle) socket.end();
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    await closed;
    clearTimeout(cut);
  };
}

const peerOf = ({ remoteAddress = "", remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`;
