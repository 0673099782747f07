/** A line's other end for tests: an HTTP server on loopback that answers as a broker would, or as none should. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { readCall, sealAnswer } from "../../src/crypto/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import { ENDPOINT_PATH, isJsonObject, type JsonObject, scanJson } from "../../src/protocol/index.ts";

/** A call as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The message inside, signed or not. */
  readonly message: JsonObject;
}

export type Behaviour = (call: Arrived, response: ServerResponse) => Promise<void> | void;

export interface Wire {
  readonly endpoint: string;
  readonly arrived: Arrived[];
  /** What the next calls get. */
  behaviour: Behaviour;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** Starts the server; until told otherwise it never answers. */
export async function openWire(behaviour: Behaviour = () => undefined): Promise<Wire> {
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void (async () => {
      if (request.headers.origin !== undefined && !letBrowser(request, response)) return;
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const body = Buffer.concat(pieces).toString();
      const call = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
        message: messageIn(body),
      };
      arrived.push(call);
      await wire.behaviour(call, response);
    })();
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const wire: Wire = {
    endpoint: `http://127.0.0.1:${port}${ENDPOINT_PATH}`,
    arrived,
    behaviour,
    server,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return wire;
}

/** Lets an extension call, as a broker does; false where the call was a browser's own question, or one for a push channel. */
function letBrowser({ method, headers, socket }: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-headers", "content-type");
  if (headers.upgrade !== undefined) socket.destroy();
  else if (method === "OPTIONS") response.writeHead(204).end();
  else return true;
  return false;
}

function messageIn(body: string): JsonObject {
  const json = body === "" ? {} : scanJson(body, 1 << 20);
  if (!isJsonObject(json)) return {};
  const { payload } = json;
  if (typeof payload !== "string") return json;
  const inner = scanJson(Buffer.from(payload, "base64url"), 1 << 20);
  return isJsonObject(inner) ? inner : {};
}

export function sendJson(response: ServerResponse, body: string | object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** The answer to this call, signed as the broker's would be. */
export async function signedAnswer(
  service: SigningKey,
  call: Pick<Arrived, "body">,
  message: object,
  now = Date.now(),
): Promise<string> {
  const { req } = await readCall(call.body);
  return sealAnswer(service, { req, message: JSON.stringify(message), now });
}

/** A broker that answers every call with this message, signed. */
export function answering(service: SigningKey, message: object | ((call: Arrived) => object), now?: number): Behaviour {
  return async (call, response) => {
    const said = typeof message === "function" ? (message as (call: Arrived) => object)(call) : message;
    sendJson(response, await signedAnswer(service, call, said, now));
  };
}
