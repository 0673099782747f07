/**
 * One WebSocket of the push channel (design §4), from its opening to its end. The first frame is an authenticated
 * SubscribeRequest. Its answer is sealed like any other, so that the client knows that it reached the broker that it
 * pinned; the frames after it are hints. After the first frame a client sends ping and nothing else.
 */
import type { WebSocket } from "ws";
import { readCall, sealAnswer } from "../crypto/index.ts";
import { nodePrimitives } from "../node/index.ts";
import { parseAccount, readRequest, scanJson, writeOutcome, writeResponse } from "../protocol/index.ts";
import { authenticate } from "./authenticate.ts";
import { NOWHERE } from "./bounds/admission.ts";
import type { Origin } from "./call.ts";
import { refuse } from "./exchange.ts";
import { POLICY_VIOLATION, sendFrame, sendPong } from "./frames.ts";
import type { Line } from "./line.ts";
import { Refusal } from "./refusal.ts";
import type { Service } from "./service.ts";
import { subscribe, type Subscriber } from "./subscription.ts";
import { sequenceOf } from "./transactions/pending.ts";
import { requireDevice } from "./transactions/require-device.ts";

/** When a channel was last heard of, on a clock that only counts, in milliseconds; and how often that was too soon. */
export interface Channel {
  seen: number;
  hasty: number;
}

export interface OpenChannels {
  /** The one first that was not heard of for longest. */
  readonly channels: Map<WebSocket, Channel>;
  /** Those of which the first frame has not come. */
  readonly openings: Set<WebSocket>;
}

const FIRST_FRAME_MS = 5000;
/** Who does not answer that it is closed is not waited for. */
const CLOSING_MS = 1000;
/** A ping is due every 20 seconds. A line that stalled may bring a few at once. */
const HASTY_MS = 1000;
const MOST_HASTY = 10;
/** WebSocket's code for a server that has too much to do (IANA's registry of close codes). */
const TRY_AGAIN_LATER = 1013;

/** Nothing on this channel waits for anything. */
const NEVER_WAITS: Line = { onGone: () => () => undefined };

/** Runs a channel that has just opened. */
export function runChannel(socket: WebSocket, address: string, service: Service, open: OpenChannels): void {
  const { channels, openings } = open;
  let stop: (() => void) | undefined;
  const waiting = setTimeout(() => {
    socket.close(POLICY_VIOLATION, "There was no SubscribeRequest within 5 seconds.");
    setTimeout(() => socket.terminate(), CLOSING_MS).unref();
  }, FIRST_FRAME_MS);

  const begin = (frame: string): void => {
    clearTimeout(waiting);
    openings.delete(socket);
    channels.set(socket, { seen: performance.now(), hasty: 0 });
    subscribed(socket, frame, { caller: undefined, address, line: NEVER_WAITS, place: NOWHERE }, service)
      .then((end) => {
        stop = end;
        if (socket.readyState !== socket.OPEN) stop?.();
      })
      .catch((error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        service.log.write({ event: "defect", where: "push", detail });
        socket.terminate();
      });
  };
  const heard = (): boolean => {
    const channel = channels.get(socket);
    if (channel === undefined) return true;
    const now = performance.now();
    channel.hasty = now - channel.seen < HASTY_MS ? channel.hasty + 1 : 0;
    channel.seen = now;
    // The map keeps the order of insertion.
    channels.delete(socket);
    channels.set(socket, channel);
    return channel.hasty <= MOST_HASTY;
  };
  socket.on("message", (data, isBinary) => {
    const text = isBinary || !Buffer.isBuffer(data) ? undefined : data.toString();
    if (!heard()) socket.terminate();
    else if (text === "ping") void sendFrame(socket, "pong", service.capacity.frames);
    else if (text !== undefined && openings.has(socket)) begin(text);
    else socket.close(POLICY_VIOLATION, "After the first frame a client sends ping and nothing else.");
  });
  socket.on("ping", (data) => {
    if (!heard()) socket.terminate();
    else sendPong(socket, data, service.capacity.frames);
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearTimeout(waiting);
    openings.delete(socket);
    channels.delete(socket);
    stop?.();
  });
}

/** Answers the first frame. @returns what ends the subscription, if it began */
async function subscribed(
  socket: WebSocket,
  frame: string,
  stranger: Origin,
  service: Service,
): Promise<(() => void) | undefined> {
  const { admission } = service.capacity;
  if (admission.wait() > 0) {
    socket.close(TRY_AGAIN_LATER, "The broker has more calls than it can answer.");
    return undefined;
  }
  const place = admission.enter(false);
  try {
    const subscriber = await answered(socket, frame, stranger, service);
    return subscriber && subscribe(socket, subscriber, service);
  } finally {
    place.leave();
  }
}

/** Says who subscribes, and tells the client whether it may. */
async function answered(
  socket: WebSocket,
  frame: string,
  stranger: Origin,
  service: Service,
): Promise<Subscriber | undefined> {
  let seal = (message: string): Promise<string> => Promise.resolve(message);
  let subscriber: Subscriber;
  try {
    const call = await readCall(frame, nodePrimitives);
    seal = (message) => sealAnswer(service.key, { req: call.req, message, now: service.clock() }, nodePrimitives);
    const { caller, payload } = await authenticate(call, service.pushUrls, service);
    subscriber = await readSubscriber(payload, { ...stranger, caller }, service);
  } catch (error) {
    const outcome = refuse(error, stranger, service, "Subscribe");
    void sendFrame(socket, await seal(writeOutcome(outcome)), service.capacity.frames);
    socket.close(POLICY_VIOLATION, "Refused.");
    return undefined;
  }
  void sendFrame(socket, await seal(writeResponse("Subscribe", { Status: 201 })), service.capacity.frames);
  service.log.write({ event: "subscribed", account: subscriber.account, kid: subscriber.kid });
  return subscriber;
}

/** @throws Refusal, ProtocolError */
async function readSubscriber(payload: Uint8Array, origin: Origin, service: Service): Promise<Subscriber> {
  const message = readRequest(scanJson(payload, service.policy.messageBytes));
  if (message.transaction !== "Subscribe") {
    throw new Refusal("contradiction", "The first frame of the push channel is a SubscribeRequest.");
  }
  const account = parseAccount(message.body.Responder).id;
  const { kid } = await requireDevice(origin, account, service);
  return { account, kid, after: await sequenceOf(message.body.AfterId, account, service) };
}
