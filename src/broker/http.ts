/**
 * The HTTP side: `POST /.well-known/confirm` and nothing else. HTTP's status speaks of HTTP; what became of a transaction
 * is in the body. Every answer, also a refusal before the body was read, has a ConfirmResponse as its body.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { CALL_CONTENT_TYPE } from "../crypto/index.ts";
import { STATUS, writeOutcome } from "../protocol/index.ts";
import type { Capacity } from "./bounds/capacity.ts";
import type { Room } from "./bounds/room.ts";
import { type Certificate, TLS_RULES } from "./certificate.ts";
import { checkCoding, checkContentType, checkHeaders, corsHeaders, isEndpoint, type Turned } from "./doorway.ts";
import type { Answer, Posted } from "./exchange.ts";
import type { Line } from "./line.ts";
import type { Server } from "./listen.ts";
import { endWithAnswer } from "./raw-answer.ts";
import { readBody } from "./read-body.ts";
import { type IsProxy, sourceOf } from "./source-address.ts";

export interface HttpOptions {
  readonly hosts: ReadonlySet<string>;
  /** Undefined where callers connect by themselves. */
  readonly isProxy: IsProxy | undefined;
  readonly maxBytes: number;
  /** Seconds that an address has to wait, 0 for none. */
  readonly admit: (address: string) => number;
  readonly capacity: Pick<Capacity, "admission" | "bodies" | "answers">;
  readonly answer: (posted: Posted) => Promise<Answer>;
  readonly onDefect: (error: unknown) => void;
}

const PREFLIGHT = {
  "Access-Control-Allow-Methods": "POST",
  "Access-Control-Allow-Headers": "content-type",
  "Access-Control-Max-Age": "7200",
} as const;

type Headers = Readonly<Record<string, string | number>>;

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers: Headers;
}

function outcomeBody(status: number, sentence: string, retryAfter?: number): string {
  return writeOutcome({
    Status: status,
    StatusDescription: sentence,
    ...(retryAfter === undefined ? {} : { RetryAfter: retryAfter }),
  });
}

function turnAway({ status, sentence }: Turned, headers: Headers): Reply {
  // Nobody reads the rest of the body.
  const all = { ...headers, Connection: "close" };
  return { status, contentType: "application/json", body: outcomeBody(status, sentence), headers: all };
}

/** Asks to come again, over the same connection where the body has an end: another one would cost more than this call. */
function putOff(request: IncomingMessage, { status, sentence }: Turned, headers: Headers, retryAfter: number): Reply {
  const isEndless = request.headers["content-length"] === undefined;
  const all = { ...headers, "Retry-After": retryAfter, ...(isEndless ? { Connection: "close" } : {}) };
  return { status, contentType: "application/json", body: outcomeBody(status, sentence, retryAfter), headers: all };
}

function send(response: ServerResponse, { status, contentType, body, headers }: Reply, answers: Room): void {
  const length = Buffer.byteLength(body);
  const part = answers.take(length, () => response.destroy());
  response.on("close", part.leave);
  // Name and value in turn, which Node writes in half the time that an object takes.
  const all: (string | number)[] = ["X-Content-Type-Options", "nosniff", "Cache-Control", "no-store"];
  for (const [name, value] of Object.entries(headers)) all.push(name, value);
  if (body !== "") all.push("Content-Type", contentType, "Content-Length", length);
  response.writeHead(status, all);
  response.end(body);
}

/**
 * A server that answers nothing yet.
 *
 * @param slowMs - how long a caller may take to send its headers, and twice that for the body
 * @param certificate - speaks TLS with it
 */
export function newHttpServer(slowMs: number, certificate: Certificate | undefined): Server {
  const often = { connectionsCheckingInterval: 1000 };
  const server =
    certificate === undefined
      ? createServer(often)
      : createTlsServer({ ...often, ...certificate, ...TLS_RULES, handshakeTimeout: slowMs });
  server.headersTimeout = slowMs;
  server.requestTimeout = slowMs * 2;
  server.keepAliveTimeout = 60_000;
  server.on("clientError", refuseBytes);
  return server;
}

const BUSY: Turned = { status: 503, sentence: "The broker has more calls than it can answer." };
const AHEAD: Turned = { status: 429, sentence: "One call at a time over a connection." };

/** Answers what comes to the server. */
export function serveHttp(server: Server, options: HttpOptions): void {
  /** A client that sends the next request before it has the answer would have any number of them under way. */
  const busy = new Set<Socket>();
  server.on("request", (request, response) => {
    const { socket } = request;
    const isAhead = busy.has(socket);
    busy.add(socket);
    response.on("close", () => busy.delete(socket));
    answerWith(response, isAhead ? turnAway(AHEAD, {}) : serve(request, response, options), options).catch(
      options.onDefect,
    );
  });
}

async function answerWith(
  response: ServerResponse,
  coming: Reply | Promise<Reply | undefined>,
  { onDefect, capacity }: HttpOptions,
): Promise<void> {
  let reply: Reply | undefined;
  try {
    reply = await coming;
  } catch (error) {
    onDefect(error);
    reply = { status: 500, contentType: "application/json", body: outcomeBody(500, STATUS[500]), headers: {} };
  }
  if (reply !== undefined && !response.destroyed) send(response, reply, capacity.answers);
}

/** A response closes when it was sent, and when its caller went away: to who still waits, the two are the same. */
function lineOf(response: ServerResponse): Line {
  return {
    onGone: (listener) => {
      response.once("close", listener);
      if (response.destroyed) queueMicrotask(listener);
      return () => response.off("close", listener);
    },
  };
}

/** What the request gets; nothing where the caller went away. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<Reply | undefined> {
  const { headers, method, url } = request;
  const turned = checkHeaders(headers, options.hosts);
  if (turned !== undefined) return turnAway(turned, {});
  const cors = corsHeaders(headers.origin);
  if (!isEndpoint(url)) return turnAway({ status: 404, sentence: "There is nothing at this path." }, cors);
  if (method === "OPTIONS" && headers.origin !== undefined) {
    return { status: 204, contentType: "", body: "", headers: { ...cors, ...PREFLIGHT } };
  }
  if (method !== "POST") {
    const sentence = "Transactions are posted: use POST.";
    return turnAway({ status: 405, sentence }, { ...cors, Allow: "POST, OPTIONS" });
  }
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const unreadable = checkContentType(type) ?? checkCoding(headers);
  if (unreadable !== undefined) return turnAway(unreadable, cors);
  const address = sourceOf(request, options.isProxy);
  if (typeof address !== "string") return turnAway(address, cors);
  const { maxBytes, capacity } = options;
  const tooLarge: Turned = { status: 413, sentence: `A message has at most ${maxBytes} bytes.` };
  if (Number(headers["content-length"] ?? 0) > maxBytes) return turnAway(tooLarge, cors);
  const wait = options.admit(address);
  if (wait > 0) return putOff(request, { status: 429, sentence: "Too many calls from this address." }, cors, wait);
  const pause = capacity.admission.wait();
  if (pause > 0) return putOff(request, BUSY, cors, pause);

  const body = await readBody(request, maxBytes, capacity.bodies);
  if (body === "gone") return undefined;
  if (body === "too_large") {
    request.resume();
    return turnAway(tooLarge, cors);
  }
  const sealed = type === CALL_CONTENT_TYPE;
  const answer = await options.answer({ body, sealed, address, line: lineOf(response) });
  const { status, contentType, retryAfter } = answer;
  const all = retryAfter === undefined ? cors : { ...cors, "Retry-After": retryAfter };
  return { status, contentType, body: answer.body, headers: all };
}

/** Answers what is not HTTP, or came too slowly: there is no response object for it. */
function refuseBytes(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") socket.destroy();
  else if (error.code === "ERR_HTTP_REQUEST_TIMEOUT")
    endWithAnswer(socket, 408, "The request took too long to arrive.");
  else if (error.code === "HPE_HEADER_OVERFLOW") endWithAnswer(socket, 431, "The headers are too large.");
  else endWithAnswer(socket, 400, "This is not an HTTP request.");
}
