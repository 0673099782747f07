/**
 * One connection of the push channel: the first frame subscribes, its answer must be signed by the pinned key, and only
 * then do frames count. Whatever goes wrong ends the connection, once, and nothing counts after its end.
 */
import { sealCall } from "../crypto/index.ts";
import {
  isJsonObject,
  LIMITS,
  PendingFrame,
  pushEndpoint,
  scanJson,
  Withdrawn,
  writeRequest,
} from "../protocol/index.ts";
import { openSignedAnswer, readAnswer } from "./call.ts";
import { ClientError, type ClientErrorCode } from "./errors.ts";
import type { PushEvents, PushOptions } from "./push-types.ts";

const PING_MS = 20_000;
/** Each connection pings up to so much more often: those that were opened at once do not all ping at once. */
const PING_SPREAD = 0.25;
const OPENING_MS = 10_000;
/** Frames that wait to be read at most: more than twice what an honest broker holds for an account. */
const MOST_WAITING = 128;

/**
 * Runs a socket that is being opened.
 *
 * @param events.onDown - called once at the end, unless it was stopped
 * @returns stops it, without another event
 */
export function runConnection(socket: WebSocket, options: PushOptions, events: PushEvents): () => void {
  const who = options.who();
  let req: string | undefined;
  let up = false;
  let ended = false;
  let unanswered = 0;
  const opening = setTimeout(() => end("timeout", "The push channel did not open in time."), OPENING_MS);
  const pinging = setInterval(
    () => {
      if (unanswered >= 2) {
        end("timeout", "The push channel is silent.");
        return;
      }
      if (!up) return;
      unanswered += 1;
      socket.send("ping");
      events.onPing();
    },
    PING_MS * (1 - PING_SPREAD * options.random()),
  );
  const stop = (): void => {
    ended = true;
    clearTimeout(opening);
    clearInterval(pinging);
    socket.close();
  };
  const end = (why: ClientErrorCode, message: string): void => {
    if (ended) return;
    stop();
    events.onDown(why, message);
  };

  const subscribe = async (): Promise<void> => {
    const message = writeRequest("Subscribe", { Responder: options.account });
    const url = pushEndpoint(options.endpoint);
    const call = await sealCall(who.key, { url, message, now: options.clock() });
    req = call.req;
    if (!isOver()) socket.send(call.body);
  };
  const accept = async (frame: string): Promise<void> => {
    const expect = { req: req ?? "", service: who.service };
    const outcome = readAnswer("Subscribe", (await openSignedAnswer(frame, expect)).payload);
    if (isOver()) return;
    if (outcome.Status >= 300) {
      events.onRefused(outcome);
      end("aborted", outcome.StatusDescription ?? "The broker refused the push channel.");
      return;
    }
    clearTimeout(opening);
    up = true;
    events.onUp();
  };
  /** A function, because it changes under an await. */
  const isOver = (): boolean => ended;

  // Frames are taken one after another: the first decides whether the others count. A socket cannot be slowed down, so
  // one that brings more than can be read is closed; what it would have said is asked for when it is opened again.
  let chain = Promise.resolve();
  let waiting = 0;
  const next = (work: () => Promise<void> | void): void => {
    if (ended) return;
    if (waiting >= MOST_WAITING) {
      end("malformed", "The push channel sends more than can be read.");
      return;
    }
    waiting += 1;
    chain = chain
      .then(() => (isOver() ? undefined : work()))
      .catch((error: unknown) => {
        if (error instanceof ClientError) end(error.code, error.message);
        else end("malformed", "The push channel sent what is not a message of the protocol.");
      })
      .finally(() => {
        waiting -= 1;
      });
  };
  socket.onopen = () => next(subscribe);
  socket.onclose = () => end("unreachable", "The push channel was closed.");
  socket.onerror = () => end("unreachable", "The push channel cannot be reached.");
  socket.onmessage = (event: MessageEvent<unknown>) => {
    const frame = event.data;
    if (frame === "pong") unanswered = 0;
    else if (typeof frame !== "string") end("malformed", "The push channel sent what is not text.");
    else if (frame.length > LIMITS.messageBytes) end("malformed", "The push channel sent too large a frame.");
    else next(() => (up ? readFrame(frame, events) : accept(frame)));
  };
  return stop;
}

async function readFrame(frame: string, events: PushEvents): Promise<void> {
  const json = scanJson(frame, LIMITS.messageBytes);
  if (!isJsonObject(json)) return;
  if (json["Pending"] !== undefined) await events.onPending(PendingFrame.read(json, "frame"));
  else if (json["Withdrawn"] !== undefined) await events.onWithdrawn(Withdrawn.read(json, "frame").BrokerID);
}
