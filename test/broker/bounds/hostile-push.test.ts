/** Push channels that are opened and not used, used too much, or not read: each ends, and the others go on. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Room } from "../../../src/broker/bounds/room.ts";
import { sendFrame } from "../../../src/broker/frames.ts";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { sealCall, type SigningKey } from "../../../src/crypto/index.ts";
import { pushEndpoint } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestBrokerOptions } from "../../support/broker.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

let broker: TestBroker;
const open: WebSocket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await broker.stop();
});

async function start(options: TestBrokerOptions = {}): Promise<SigningKey> {
  broker = await startTestBroker({ policy: { ...DEFAULT_POLICY, limits: undefined }, ...options });
  return (await broker.connect(ALICE)).key;
}

interface Channel {
  readonly socket: WebSocket;
  readonly frames: readonly string[];
}

async function connect(): Promise<Channel> {
  const socket = new WebSocket(pushEndpoint(broker.endpoint), ["mesh-confirm"]);
  open.push(socket);
  const frames: string[] = [];
  socket.on("message", (data: Buffer) => frames.push(data.toString()));
  socket.on("error", () => undefined);
  await once(socket, "open");
  return { socket, frames };
}

async function subscribe(key: SigningKey): Promise<Channel> {
  const channel = await connect();
  const message = JSON.stringify({ SubscribeRequest: { Responder: ALICE } });
  channel.socket.send((await sealCall(key, { url: pushEndpoint(broker.endpoint), message, now: Date.now() })).body);
  await vi.waitFor(() => expect(channel.frames.length).toBeGreaterThan(0), 5000);
  return channel;
}

/** Both ends of a channel that is no broker's. */
async function pair(http: Server, server: WebSocketServer): Promise<{ client: WebSocket; line: WebSocket }> {
  const taken = once(server, "connection") as Promise<[WebSocket]>;
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  open.push(client);
  client.on("error", () => undefined);
  const [line] = await taken;
  await once(client, "open");
  return { client, line };
}

const isOpen = ({ socket }: Channel): boolean => socket.readyState === socket.OPEN;
const shortages = () => broker.log().flatMap(({ event, of }) => (event === "shortage" ? [of] : []));

/** Still brings what is posted. */
async function expectAlive(channel: Channel, key: SigningKey): Promise<void> {
  const before = channel.frames.length;
  const request = await signedRequest(key, { created: Date.now() });
  await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  await vi.waitFor(() => expect(channel.frames.length).toBeGreaterThan(before), 5000);
}

describe("channels", () => {
  it("are not compressed, whatever a client offers", async () => {
    const key = await start();
    const { socket } = await subscribe(key);
    expect(socket.extensions).toBe("");
  });

  it("without a first frame make room for those that come after them", async () => {
    const key = await start({ bounds: { openings: 10 } });
    const subscribed = await subscribe(key);
    const silent: Channel[] = [];
    for (let count = 0; count < 30; count++) silent.push(await connect());
    await vi.waitFor(() => expect(silent.filter(isOpen)).toHaveLength(10), 5000);
    expect(isOpen(await subscribe(key))).toBe(true);
    expect(isOpen(subscribed)).toBe(true);
    expect(shortages()).toEqual(["channels"]);
  });

  it("of one account are only so many: the oldest goes", async () => {
    const key = await start({ bounds: { accountChannels: 3 } });
    const channels: Channel[] = [];
    for (let count = 0; count < 5; count++) channels.push(await subscribe(key));
    await vi.waitFor(() => expect(channels.map(isOpen)).toEqual([false, false, true, true, true]), 5000);
    const [last] = channels.slice(-1);
    if (last !== undefined) await expectAlive(last, await newKey());
  });

  it("beyond what there may be get 503 and when to come again", async () => {
    const key = await start({ bounds: { channels: 2 } });
    const first = [await subscribe(key), await subscribe(key)];
    const upgrade = await new Promise<{ status: number | undefined; wait: string | undefined }>((resolve) => {
      const third = new WebSocket(pushEndpoint(broker.endpoint), ["mesh-confirm"]);
      third.on("error", () => undefined);
      third.on("unexpected-response", (_, response) => {
        resolve({ status: response.statusCode, wait: response.headers["retry-after"] });
      });
    });
    expect(upgrade).toEqual({ status: 503, wait: "60" });
    expect(first.every(isOpen)).toBe(true);
    first[0]?.socket.close();
    await vi.waitFor(() => subscribe(key), 5000);
  });
});

describe("a channel", () => {
  it.each<[string, (socket: WebSocket) => void]>([
    ["of the protocol", (socket) => socket.send("ping")],
    ["of WebSocket", (socket) => socket.ping()],
  ])("that floods with pings %s is cut off, and a few at once are answered", async (_, ping) => {
    const key = await start();
    const { socket, frames } = await subscribe(key);
    const pongs = vi.fn();
    socket.on("pong", pongs);
    const answers = (): number => frames.filter((frame) => frame === "pong").length + pongs.mock.calls.length;
    for (let count = 0; count < 5; count++) ping(socket);
    await vi.waitFor(() => expect(answers()).toBe(5), 5000);
    const closed = once(socket, "close");
    for (let count = 0; count < 1000; count++) ping(socket);
    await closed;
    expect(answers()).toBeLessThan(20);
  });

  it("whose frame comes in a thousand pieces is cut off", async () => {
    const key = await start();
    const { socket } = await subscribe(key);
    const closed = once(socket, "close");
    for (let count = 0; count < 1000; count++) socket.send("p", { fin: false });
    await closed;
  });

  it("that is not read is cut off when the room for frames is used up, and another gets everything", async () => {
    await start();
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const server = new WebSocketServer({ server: http });
    const [deaf, other] = [await pair(http, server), await pair(http, server)];
    deaf.client.pause();
    let heard = 0;
    other.client.on("message", () => (heard += 1));
    const room = new Room({ bytes: 1024 * 1024, longestMs: Infinity, onFull: () => undefined });
    const text = "x".repeat(60_000);
    let sent = 0;
    while (deaf.line.readyState === deaf.line.OPEN && sent < 2000) {
      void sendFrame(deaf.line, text, room);
      await sendFrame(other.line, text, room);
      sent += 1;
    }
    await vi.waitFor(() => expect(heard).toBe(sent), 5000);
    // What the system's buffers took besides.
    expect(sent).toBeLessThan(500);
    server.close();
    http.close();
  });
});
