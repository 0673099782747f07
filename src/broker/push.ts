/**
 * The push side of a broker (design §4): WebSockets, who may open one, how many there are, and their end. What happens on
 * one is in `channel.ts`.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { LIMITS } from "../protocol/index.ts";
import { type Channel, runChannel } from "./channel.ts";
import { checkHeaders, isEndpoint } from "./doorway.ts";
import { POLICY_VIOLATION } from "./frames.ts";
import { endWithAnswer } from "./raw-answer.ts";
import type { Service } from "./service.ts";
import { type IsProxy, sourceOf } from "./source-address.ts";

export interface PushServer {
  /** Takes over a socket that asks for an upgrade. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends every channel; resolves when they are gone. */
  readonly close: () => Promise<void>;
}

const SUBPROTOCOL = "mesh-confirm";
const IDLE_MS = 60_000;
const SWEEP_MS = 1000;
/** Closing thousands at once would hold up everything else, and all of them would come back at once. */
const CLOSED_PER_SWEEP = 200;
const CLOSING_MS = 1000;
const GOING_AWAY = 1001;
/** A message is one frame, and comes in packets: more pieces would only be there to be kept. */
const MOST_FRAGMENTS = 16;
const MOST_PIECES = 1024;

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
    maxFragments: MOST_FRAGMENTS,
    maxBufferedChunks: MOST_PIECES,
    // Answered in channel.ts, where it is counted.
    autoPong: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  const { bounds, shortages } = service.capacity;
  /** The one first that was not heard of for longest. */
  const channels = new Map<WebSocket, Channel>();
  /** Those of which the first frame has not come. */
  const openings = new Set<WebSocket>();

  const closeIdle = (): void => {
    const before = performance.now() - IDLE_MS;
    let closed = 0;
    for (const [socket, { seen }] of channels) {
      if (seen >= before || closed === CLOSED_PER_SWEEP) break;
      // One that was told so at the last sweep does not answer.
      if (socket.readyState === socket.OPEN) socket.close(POLICY_VIOLATION, "There was no ping for 60 seconds.");
      else socket.terminate();
      closed += 1;
    }
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
      openings.add(opened);
      const [oldest] = openings;
      if (openings.size > bounds.openings) {
        shortages.note("channels");
        oldest?.terminate();
      }
      runChannel(opened, address, service, { channels, openings });
    });
  };

  return {
    upgrade,
    close: async () => {
      clearInterval(sweeping);
      const open = [...channels.keys(), ...openings];
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
  { limiter, capacity }: Service,
  open: number,
  address: string,
): [status: number, sentence: string, retryAfter?: number] | undefined {
  const turned = checkHeaders(headers, hosts);
  if (turned !== undefined) return [turned.status, turned.sentence];
  if (!isEndpoint(url, "/push")) return [404, "There is no push channel at this path."];
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim());
  if (offered?.includes(SUBPROTOCOL) !== true) return [400, `The push channel speaks the subprotocol ${SUBPROTOCOL}.`];
  const wait = limiter.address(address);
  if (wait > 0) return [429, "Too many calls from this address.", wait];
  const pause = capacity.admission.wait();
  if (pause > 0) return [503, "The broker has more calls than it can answer.", pause];
  if (open < capacity.bounds.channels) return undefined;
  capacity.shortages.note("channels");
  return [503, "Too many push channels are open.", FULL_SECONDS];
}

/** Channels stay for hours. */
const FULL_SECONDS = 60;
