/** An HTTPS server on loopback, with a certificate for whatever names a test gives it. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Issued } from "./certificates.ts";

export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TlsServer {
  readonly port: number;
  readonly visits: Visit[];
  behaviour: (response: ServerResponse, visit: Visit) => void;
  readonly close: () => Promise<void>;
}

/** Starts it; until told otherwise it never answers. */
export async function openTlsServer(
  { cert, key }: Issued,
  behaviour: TlsServer["behaviour"] = () => undefined,
): Promise<TlsServer> {
  const visits: Visit[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const { method = "", url = "", headers } = request;
      const body = Buffer.concat(pieces).toString();
      const visit = { method, path: url, host: headers.host ?? "", headers, body };
      visits.push(visit);
      opened.behaviour(response, visit);
    })();
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const opened: TlsServer = {
    port: (server.address() as AddressInfo).port,
    visits,
    behaviour,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return opened;
}

/** Answers with JSON. */
export function answerJson(value: unknown, status = 200): TlsServer["behaviour"] {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", "access-control-allow-origin": "*" });
    response.end(typeof value === "string" ? value : JSON.stringify(value));
  };
}
