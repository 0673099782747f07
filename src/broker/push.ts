/**
 * The push channel (design §4): a WebSocket whose first frame is an authenticated SubscribeRequest. Its answer is sealed
 * like any other, so that the client knows that it reached the broker that it pinned; the frames after it are hints.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { readCall, sealAnswer } from "../crypto/index.ts";
import { LIMITS, parseAccount, readRequest, scanJson, writeOutcome, writeResponse } from "../protocol/index.ts";
import { authenticate } from "./authenticate.ts";
import type { Origin } from "./call.ts";
import type { Line } from "./line.ts";
import { checkHeaders, isEndpoint } from "./doorway.ts";
import { refuse } from "./exchange.ts";
import { endWithAnswer } from "./raw-answer.ts";
import { Refusal } from "./refusal.ts";
import type { Service } from "./service.ts";
import { type IsProxy, sourceOf } from "./source-address.ts";
import { POLICY_VIOLATION, subscribe, type Subscriber } from "./subscription.ts";
import { sequenceOf } from "./transactions/pending.ts";
import { requireDevice } from "./transactions/require-device.ts";

export interface PushServer {
  /** Takes over a socket that asks for an upgrade. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends every channel; resolves when they are gone. */
  readonly close: () => Promise<void>;
}

const SUBPROTOCOL = "mesh-confirm";
const FIRST_FRAME_MS = 5000;
const IDLE_MS = 60_000;
const SWEEP_MS = 1000;
/** Closing thousands at once would hold up everything else, and all of them would come back at once. */
const CLOSED_PER_SWEEP = 200;
const MOST_CHANNELS = 15_000;
const CLOSING_MS = 1000;
const GOING_AWAY = 1001;

/** Nothing on this channel waits for anything. */
const NEVER_WAITS: Line = { onGone: () => () => undefined };

interface Channel {
  /** When it was last heard of; milliseconds on a clock that only counts. */
  seen: number;
}

/**
 * Makes the push side of a broker.
 *
 * @param isProxy - undefined where callers connect by themselves
 */
export function createPushServer(
  service: Service,
  hosts: ReadonlySet<string>,
  isProxy: IsProxy | undefined,
): PushServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LIMITS.messageBytes,
    handleProtocols: () => SUBPROTOCOL,
  });
  const channels = new Map<WebSocket, Channel>();

  const closeIdle = (): void => {
    const before = performance.now() - IDLE_MS;
    const idle = [...channels].filter(([, { seen }]) => seen < before).slice(0, CLOSED_PER_SWEEP);
    for (const [socket] of idle) socket.close(POLICY_VIOLATION, "There was no ping for 60 seconds.");
  };
  const sweeping = setInterval(closeIdle, SWEEP_MS).unref();

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    const address = sourceOf(request, isProxy);
    if (typeof address !== "string") {
      endWithAnswer(socket, address.status, address.sentence);
      return;
    }
    const refused = checkUpgrade(request, hosts, service, channels.size, address);
    if (refused !== undefined) {
      endWithAnswer(socket, ...refused);
      return;
    }
    server.handleUpgrade(request, socket, head, (opened) => {
      channels.set(opened, { seen: performance.now() });
      runChannel(opened, address, service, channels);
    });
  };

  return {
    upgrade,
    close: async () => {
      clearInterval(sweeping);
      const open = [...channels.keys()];
      const gone = open.map(
        (socket) =>
          new Promise((resolve) => {
            socket.once("close", resolve);
          }),
      );
      for (const socket of open) socket.close(GOING_AWAY, "The broker stops.");
      const cut = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, CLOSING_MS);
      await Promise.all(gone);
      clearTimeout(cut);
    },
  };
}

function checkUpgrade(
  { headers, url }: IncomingMessage,
  hosts: ReadonlySet<string>,
  service: Service,
  open: number,
  address: string,
): [status: number, sentence: string] | undefined {
  const turned = checkHeaders(headers, hosts);
  if (turned !== undefined) return [turned.status, turned.sentence];
  if (!isEndpoint(url, "/push")) return [404, "There is no push channel at this path."];
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim());
  if (offered?.includes(SUBPROTOCOL) !== true) return [400, `The push channel speaks the subprotocol ${SUBPROTOCOL}.`];
  if (service.limiter.address(address) > 0) return [429, "Too many calls from this address."];
  if (open >= MOST_CHANNELS) return [503, "Too many push channels are open."];
  return undefined;
}

/** One socket, from its opening to its end. */
function runChannel(socket: WebSocket, address: string, service: Service, channels: Map<WebSocket, Channel>): void {
  let first = true;
  let stop: (() => void) | undefined;
  const waiting = setTimeout(() => {
    socket.close(POLICY_VIOLATION, "There was no SubscribeRequest within 5 seconds.");
  }, FIRST_FRAME_MS);

  socket.on("message", (data, isBinary) => {
    const channel = channels.get(socket);
    if (channel !== undefined) channel.seen = performance.now();
    const text = isBinary || !Buffer.isBuffer(data) ? undefined : data.toString();
    if (text === "ping") {
      socket.send("pong");
    } else if (text === undefined || !first) {
      socket.close(POLICY_VIOLATION, "After the first frame a client sends ping and nothing else.");
    } else {
      first = false;
      clearTimeout(waiting);
      open(socket, text, { caller: undefined, address, line: NEVER_WAITS }, service)
        .then((end) => {
          stop = end;
          if (socket.readyState !== socket.OPEN) stop?.();
        })
        .catch((error: unknown) => {
          const detail = error instanceof Error ? error.message : String(error);
          service.log.write({ event: "defect", where: "push", detail });
          socket.terminate();
        });
    }
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearTimeout(waiting);
    channels.delete(socket);
    stop?.();
  });
}

/** Answers the first frame. @returns what ends the subscription, if it began */
async function open(
  socket: WebSocket,
  frame: string,
  stranger: Origin,
  service: Service,
): Promise<(() => void) | undefined> {
  let seal = (message: string): Promise<string> => Promise.resolve(message);
  let subscriber: Subscriber;
  try {
    const call = await readCall(frame);
    seal = (message) => sealAnswer(service.key, { req: call.req, message, now: service.clock() });
    const { caller, payload } = await authenticate(call, service.pushUrls, service);
    subscriber = await readSubscriber(payload, { ...stranger, caller }, service);
  } catch (error) {
    const outcome = refuse(error, stranger, service, "Subscribe");
    socket.send(await seal(writeOutcome(outcome)));
    socket.close(POLICY_VIOLATION, "Refused.");
    return undefined;
  }
  socket.send(await seal(writeResponse("Subscribe", { Status: 201 })));
  service.log.write({ event: "subscribed", account: subscriber.account, kid: subscriber.kid });
  return subscribe(socket, subscriber, service);
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
