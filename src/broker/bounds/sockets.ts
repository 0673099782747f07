/**
 * The sockets of a server: how many there are, and which of them nobody would miss. Node closes connections that are idle
 * after a request, but not those that a client opened ahead of one, so we count for ourselves. With TLS a request comes on
 * another socket than the connection.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Server } from "../listen.ts";
import type { Capacity } from "./capacity.ts";

/** What the process opens besides: the store, the log, look-ups, PostgreSQL's connections. */
const OTHER_FILES = 128;

/** How many sockets callers may have: where the system lets the process open fewer files, some fewer than these. */
export function mostSockets(most: number): number {
  Object.assign(process.report, { excludeNetwork: true });
  const files = ["userLimits", "open_files", "soft"].reduce(memberOf, process.report.getReport());
  return typeof files === "number" ? Math.max(1, Math.min(most, files - OTHER_FILES)) : most;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * Watches a server's sockets. One too many, and the one that has been longest without a request is closed, which an honest
 * caller notices at most by opening another.
 *
 * @returns what stops the server: it takes no more connections, ends those without a request under way, and waits for the
 *   others, at most `graceMs`
 */
export function watchSockets(server: Server, { bounds, shortages }: Capacity): (graceMs: number) => Promise<void> {
  /** In the order in which they became idle. */
  const idle = new Set<Duplex>();
  const handshaking = new Map<string, Socket>();
  let open = 0;
  let stopping = false;

  const opened = (socket: Duplex): void => {
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
  };
  const makeRoom = (fresh: Socket): void => {
    if (handshaking.size <= bounds.handshakes && open <= bounds.sockets) return;
    const [[peer, handshake] = []] = handshaking;
    const [unused] = idle;
    const closed = handshake ?? unused ?? fresh;
    // Forgotten now and not when it is closed, so that of many that come at once each makes another go.
    if (peer !== undefined) handshaking.delete(peer);
    else idle.delete(closed);
    closed.destroy();
    shortages.note("sockets");
  };
  const isTls = "setSecureContext" in server;
  server.on("connection", (socket: Socket) => {
    open += 1;
    socket.once("close", () => (open -= 1));
    if (isTls) {
      const peer = peerOf(socket);
      handshaking.set(peer, socket);
      socket.once("close", () => handshaking.delete(peer));
    } else opened(socket);
    makeRoom(socket);
  });
  if (isTls) {
    server.on("secureConnection", (socket: TLSSocket) => {
      handshaking.delete(peerOf(socket));
      opened(socket);
    });
  }
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once("close", () => {
      if (stopping) socket.end();
      else if (!socket.destroyed) idle.add(socket);
    });
  });
  server.on("upgrade", (_request: IncomingMessage, socket: Duplex) => idle.delete(socket));

  return async (graceMs) => {
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
