/**
 * The push channel (design §4): a WebSocket on which the broker hints that a request came or went. Everything on it is
 * a hint: entries are verified as any other, a withdrawal is asked about again. Reconnects with backoff and jitter.
 */
import { sealCall } from "../crypto/index.ts";
import {
  isJsonObject,
  LIMITS,
  type Outcome,
  PendingFrame,
  pushEndpoint,
  type RequestEntry,
  scanJson,
  Withdrawn,
  writeRequest,
} from "../protocol/index.ts";
import { backoffMs } from "./backoff.ts";
import { type Credentials, openSignedAnswer, readAnswer } from "./call.ts";
import { ClientError, type ClientErrorCode } from "./errors.ts";

const PING_MS = 20_000;
const OPENING_MS = 10_000;

export interface PushEvents {
  /** The broker proved its key and listens. */
  readonly onUp: () => void;
  readonly onDown: (why: ClientErrorCode, message: string) => void;
  /** The broker answered, signed, that this device may not subscribe. */
  readonly onRefused: (outcome: Outcome) => void;
  readonly onPending: (entry: RequestEntry) => void;
  readonly onWithdrawn: (brokerId: string) => void;
  /** Called with each ping: where the browser needs a sign of life besides the socket's. */
  readonly onPing: () => void;
}

export interface PushOptions {
  readonly endpoint: string;
  readonly account: string;
  readonly who: Credentials;
  readonly WebSocket: typeof WebSocket;
  readonly clock: () => number;
  readonly random: () => number;
}

export interface PushChannel {
  /** Tries now instead of at the end of the backoff; does nothing on an open channel. */
  readonly nudge: () => void;
  readonly close: () => void;
}

/** Opens the channel and keeps it open until `close`. */
export function openPush(options: PushOptions, events: PushEvents): PushChannel {
  let failures = 0;
  let closed = false;
  let socket: WebSocket | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const start = (): void => {
    retry = undefined;
    let done = false;
    const down = (why: ClientErrorCode, message: string): void => {
      if (done) return;
      done = true;
      socket?.close();
      socket = undefined;
      if (closed) return;
      failures += 1;
      events.onDown(why, message);
      retry = setTimeout(start, backoffMs(failures, options.random()));
    };
    try {
      // Firefox throws where the policy of the page forbids the address; Chromium fires `error`.
      socket = new options.WebSocket(pushEndpoint(options.endpoint), "mesh-confirm");
    } catch {
      down("unreachable", "The push channel cannot be opened.");
      return;
    }
    runChannel(socket, options, {
      ...events,
      onUp: () => {
        failures = 0;
        events.onUp();
      },
      onDown: down,
    });
  };
  start();
  return {
    nudge: () => {
      if (retry === undefined || closed) return;
      clearTimeout(retry);
      start();
    },
    close: () => {
      closed = true;
      clearTimeout(retry);
      socket?.close();
    },
  };
}

/** One connection, from the first frame to its end; `onDown` is called once. */
function runChannel(socket: WebSocket, options: PushOptions, events: PushEvents): void {
  let req: string | undefined;
  let up = false;
  let unanswered = 0;
  const opening = setTimeout(() => {
    end("timeout", "The push channel did not open in time.");
  }, OPENING_MS);
  const pinging = setInterval(() => {
    if (unanswered >= 2) {
      end("timeout", "The push channel is silent.");
      return;
    }
    if (!up) return;
    unanswered += 1;
    socket.send("ping");
    events.onPing();
  }, PING_MS);
  const end = (why: ClientErrorCode, message: string): void => {
    clearTimeout(opening);
    clearInterval(pinging);
    events.onDown(why, message);
  };

  const subscribe = async (): Promise<void> => {
    const message = writeRequest("Subscribe", { Responder: options.account });
    const url = pushEndpoint(options.endpoint);
    const call = await sealCall(options.who.key, { url, message, now: options.clock() });
    req = call.req;
    socket.send(call.body);
  };
  const accept = async (frame: string): Promise<void> => {
    const expect = { req: req ?? "", service: options.who.service };
    const outcome = readAnswer("Subscribe", (await openSignedAnswer(frame, expect)).payload);
    if (outcome.Status >= 300) {
      events.onRefused(outcome);
      end("aborted", outcome.StatusDescription ?? "The broker refused the push channel.");
      return;
    }
    clearTimeout(opening);
    up = true;
    events.onUp();
  };

  // Frames are taken one after another: the first decides whether the others count.
  let chain = Promise.resolve();
  socket.onopen = () => {
    chain = chain.then(subscribe).catch(() => {
      end("unreachable", "The push channel broke.");
    });
  };
  socket.onclose = () => {
    end("unreachable", "The push channel was closed.");
  };
  socket.onerror = () => {
    end("unreachable", "The push channel cannot be reached.");
  };
  socket.onmessage = (event: MessageEvent<unknown>) => {
    const frame = event.data;
    if (typeof frame !== "string") {
      end("malformed", "The push channel sent what is not text.");
      return;
    }
    if (frame === "pong") {
      unanswered = 0;
      return;
    }
    chain = chain
      .then(() => (up ? readFrame(frame, events) : accept(frame)))
      .catch((error: unknown) => {
        if (error instanceof ClientError) end(error.code, error.message);
        else end("malformed", "The push channel sent what is not a message of the protocol.");
      });
  };
}

function readFrame(frame: string, events: PushEvents): void {
  const json = scanJson(frame, LIMITS.messageBytes);
  if (!isJsonObject(json)) return;
  if (json["Pending"] !== undefined) events.onPending(PendingFrame.read(json, "frame"));
  else if (json["Withdrawn"] !== undefined) events.onWithdrawn(Withdrawn.read(json, "frame").BrokerID);
}
