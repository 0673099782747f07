/** The push channel against a broker that keeps to the protocol, one that does not, and none at all. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeWebSocket, WebSocketServer } from "ws";
import { openPush, type PushChannel } from "../../src/client/index.ts";
import { openCall, readCall, sealAnswer } from "../../src/crypto/index.ts";
import type { SigningKey } from "../../src/crypto/index.ts";
import { ENDPOINT_PATH, LIMITS } from "../../src/protocol/index.ts";
import { ALICE, newKey, signedRequest } from "../support/signing.ts";

const DEVICE = await newKey();
const SERVICE = await newKey();
const OTHER = await newKey();
const ENTRY = { Request: await signedRequest(await newKey()), ResponderAccount: ALICE, BrokerID: "RBA" };

/** What the channel told, in order. */
let told: string[];
let server: WebSocketServer;
/** The connections that the server has had. */
let lines: NodeWebSocket[];
/** What the server received, in order. */
let heard: string[];
let channel: PushChannel | undefined;
/** What the server does with the first frame of a connection. */
let onFirst: (line: NodeWebSocket, frame: string) => Promise<void> | void;
/** What it does with the later ones. */
let onLater: (line: NodeWebSocket, frame: string) => void;

async function subscribed(line: NodeWebSocket, frame: string, message: object, service: SigningKey = SERVICE) {
  const { req } = await readCall(frame);
  line.send(await sealAnswer(service, { req, message: JSON.stringify(message), now: Date.now() }));
}
const WELCOME = { SubscribeResponse: { Status: 201 } };

beforeEach(async () => {
  told = [];
  lines = [];
  heard = [];
  onFirst = (line, frame) => subscribed(line, frame, WELCOME);
  onLater = (line, frame) => {
    if (frame === "ping") line.send("pong");
  };
  server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: `${ENDPOINT_PATH}/push` });
  server.on("connection", (line) => {
    lines.push(line);
    let first = true;
    line.on("message", (data: Buffer) => {
      const frame = data.toString();
      heard.push(frame);
      if (first) void onFirst(line, frame);
      else onLater(line, frame);
      first = false;
    });
  });
  await once(server, "listening");
});
afterEach(async () => {
  vi.useRealTimers();
  channel?.close();
  for (const line of server.clients) line.terminate();
  server.close();
  await once(server, "close");
});

const endpoint = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${ENDPOINT_PATH}`;

function open(
  more: { readonly WebSocket?: unknown; readonly endpoint?: string; readonly random?: number } = {},
): PushChannel {
  channel = openPush(
    {
      endpoint: more.endpoint ?? endpoint(),
      account: ALICE,
      who: () => ({ key: DEVICE, service: SERVICE }),
      WebSocket: (more.WebSocket ?? NodeWebSocket) as typeof WebSocket,
      clock: Date.now,
      random: () => more.random ?? 0,
    },
    {
      onUp: () => told.push("up"),
      onDown: (why) => told.push(`down: ${why}`),
      onRefused: (outcome) => told.push(`refused: ${outcome.Status}`),
      onPending: (entry) => void told.push(`pending: ${entry.BrokerID}`),
      onWithdrawn: (brokerId) => void told.push(`withdrawn: ${brokerId}`),
      onPing: () => told.push("ping"),
    },
  );
  return channel;
}

/** Waits on the real line, whatever the clock of the test says. */
async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`It did not happen; told: ${told.join(", ")}`);
    await nextTurn();
  }
}

/** Time for what should not happen to happen. */
async function settle(): Promise<void> {
  const end = performance.now() + 60;
  while (performance.now() < end) await nextTurn();
}

/** From now on timers run only when the test says so; the network goes on. */
function holdTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
}

describe("the first frame", () => {
  it("subscribes: a call of this device, signed for the channel's own address", async () => {
    open();
    await until(() => told.includes("up"));
    const url = endpoint().replace("http", "ws");
    const call = await openCall(await readCall(heard[0] ?? ""), { urls: [`${url}/push`], now: Date.now() });
    expect(call.caller.kid).toBe(DEVICE.kid);
    expect(JSON.parse(new TextDecoder().decode(call.payload))).toEqual({ SubscribeRequest: { Responder: ALICE } });
    expect(lines[0]?.protocol).toBe("mesh-confirm");
  });

  it.each<[string, string, (line: NodeWebSocket, frame: string) => Promise<void> | void]>([
    ["that is not signed", "not_signed", (line) => line.send(JSON.stringify(WELCOME))],
    ["by another key", "wrong_key", (line, frame) => subscribed(line, frame, WELCOME, OTHER)],
    [
      "by another key under the pinned kid",
      "not_signed",
      (line, frame) => subscribed(line, frame, WELCOME, { ...OTHER, kid: SERVICE.kid }),
    ],
    [
      "to another call",
      "not_signed",
      async (line) => {
        const message = JSON.stringify(WELCOME);
        line.send(await sealAnswer(SERVICE, { req: "A".repeat(43), message, now: Date.now() }));
      },
    ],
    ["that is the call, sent back", "not_signed", (line, frame) => line.send(frame)],
    ["that is not JSON", "not_signed", (line) => line.send("hello")],
    ["that is a pending request", "not_signed", (line) => line.send(JSON.stringify({ Pending: ENTRY }))],
    [
      "to another transaction",
      "malformed",
      (line, frame) => subscribed(line, frame, { HelloResponse: { Status: 201 } }),
    ],
    ["of bytes", "malformed", (line) => line.send(Buffer.from(JSON.stringify(WELCOME)))],
  ])("is not answered by a frame %s", async (_, why, first) => {
    onFirst = first;
    open();
    await until(() => told.length > 0);
    await settle();
    expect(told).toEqual([`down: ${why}`]);
  });

  it("that is refused, signed, is reported as that, and is tried again later", async () => {
    holdTimers();
    onFirst = (line, frame) => subscribed(line, frame, { ConfirmResponse: { Status: 403 } });
    open();
    await until(() => told.length === 2);
    expect(told).toEqual(["refused: 403", "down: aborted"]);
    onFirst = (line, frame) => subscribed(line, frame, WELCOME);
    vi.advanceTimersByTime(500);
    await until(() => told.includes("up"));
  });

  it("that is never answered is given up after ten seconds", async () => {
    holdTimers();
    onFirst = () => undefined;
    open();
    await until(() => heard.length === 1);
    vi.advanceTimersByTime(9999);
    await settle();
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["down: timeout"]);
  });

  it("is never sent where the server speaks another protocol", async () => {
    server.options.handleProtocols = () => false;
    open();
    await until(() => told.length > 0);
    expect(told).toEqual(["down: unreachable"]);
    expect(heard).toEqual([]);
  });
});

describe("what comes after a first frame that did not count", () => {
  it("does not count either, not even a good answer", async () => {
    holdTimers();
    onFirst = async (line, frame) => {
      line.send(JSON.stringify(WELCOME));
      line.send(JSON.stringify({ Pending: ENTRY }));
      await subscribed(line, frame, WELCOME);
      line.send(JSON.stringify({ Pending: ENTRY }));
      line.send(JSON.stringify({ Withdrawn: { BrokerID: "RBA", RequestStatus: "ECANCEL" } }));
    };
    open();
    await until(() => told.length > 0);
    await settle();
    expect(told).toEqual(["down: not_signed"]);
  });

  it("does not count after a refusal either", async () => {
    holdTimers();
    onFirst = async (line, frame) => {
      await subscribed(line, frame, { ConfirmResponse: { Status: 403 } });
      await subscribed(line, frame, WELCOME);
      line.send(JSON.stringify({ Pending: ENTRY }));
    };
    open();
    await until(() => told.length === 2);
    await settle();
    expect(told).toEqual(["refused: 403", "down: aborted"]);
  });
});

describe("frames on an open channel", () => {
  async function up(): Promise<NodeWebSocket> {
    open();
    await until(() => told.includes("up"));
    told = [];
    const [line] = lines;
    if (line === undefined) throw new Error("There is no connection.");
    return line;
  }

  it("bring requests and withdrawals, in order", async () => {
    const line = await up();
    line.send(JSON.stringify({ Pending: ENTRY }));
    line.send(JSON.stringify({ Withdrawn: { BrokerID: "RBA", RequestStatus: "ECANCEL" } }));
    line.send(JSON.stringify({ Pending: { ...ENTRY, BrokerID: "RBB" } }));
    await until(() => told.length === 3);
    expect(told).toEqual(["pending: RBA", "withdrawn: RBA", "pending: RBB"]);
  });

  it("that are meant for a later version are passed over", async () => {
    const line = await up();
    line.send(JSON.stringify({ SomethingNew: {} }));
    line.send("[]");
    line.send(JSON.stringify({ Pending: ENTRY }));
    await until(() => told.length > 0);
    expect(told).toEqual(["pending: RBA"]);
  });

  it.each<[string, string | Buffer]>([
    ["no JSON", "hello"],
    [
      "a request without a signature",
      JSON.stringify({ Pending: { ...ENTRY, Request: { payload: "AA", signatures: [] } } }),
    ],
    ["a request of another shape", JSON.stringify({ Pending: "RBA" })],
    ["two tags", JSON.stringify({ Pending: ENTRY, Withdrawn: {} })],
    ["a member twice", '{"Withdrawn":{"BrokerID":"RBA","BrokerID":"RBB","RequestStatus":"ECANCEL"}}'],
    ["a status that nobody knows", JSON.stringify({ Withdrawn: { BrokerID: "RBA", RequestStatus: "GONE" } })],
    ["more than a frame may have", JSON.stringify({ Pending: ENTRY }).padEnd(LIMITS.messageBytes + 1)],
    ["bytes", Buffer.from(JSON.stringify({ Pending: ENTRY }))],
    ["nothing", ""],
  ])("of garbage end the channel, and it is opened again: %s", async (_, frame) => {
    holdTimers();
    const line = await up();
    line.send(frame);
    await until(() => told.length > 0);
    line.send(JSON.stringify({ Pending: ENTRY }));
    await settle();
    expect(told).toEqual(["down: malformed"]);
    vi.advanceTimersByTime(500);
    await until(() => told.includes("up"));
    expect(lines).toHaveLength(2);
  });
});

describe("the sign of life", () => {
  async function up(random = 0): Promise<void> {
    holdTimers();
    open({ random });
    await until(() => told.includes("up"));
  }
  const pings = (): number => heard.filter((frame) => frame === "ping").length;

  it("is sent every 20 seconds, and told each time", async () => {
    await up();
    for (let count = 1; count <= 5; count++) {
      vi.advanceTimersByTime(19_999);
      await settle();
      expect(pings()).toBe(count - 1);
      vi.advanceTimersByTime(1);
      await until(() => pings() === count);
      await settle();
    }
    expect(told).toEqual(["up", "ping", "ping", "ping", "ping", "ping"]);
  });

  it("is sent sooner by some than by others, so that thousands that were opened at once do not ping at once", async () => {
    for (const random of [0.25, 0.5, 0.99]) {
      told = [];
      heard = [];
      await up(random);
      const due = Math.ceil(20_000 * (1 - random / 4));
      vi.advanceTimersByTime(due - 2);
      await settle();
      expect(pings()).toBe(0);
      vi.advanceTimersByTime(2);
      await until(() => pings() === 1);
      channel?.close();
    }
  });

  it("that stays without answer twice ends the channel, and it is opened again", async () => {
    onLater = () => undefined;
    await up();
    vi.advanceTimersByTime(40_000);
    await until(() => pings() === 2);
    expect(told).toEqual(["up", "ping", "ping"]);
    vi.advanceTimersByTime(20_000);
    expect(told).toEqual(["up", "ping", "ping", "down: timeout"]);
    vi.advanceTimersByTime(500);
    await until(() => lines.length === 2);
  });

  it("that is answered late counts as answered", async () => {
    onLater = () => undefined;
    await up();
    vi.advanceTimersByTime(40_000);
    await until(() => pings() === 2);
    lines[0]?.send("pong");
    await settle();
    vi.advanceTimersByTime(20_000);
    await until(() => pings() === 3);
    expect(told).not.toContain("down: timeout");
  });
});

describe("a channel that breaks", () => {
  it("is opened again after a growing pause, which is short again once it lasted to its first ping", async () => {
    holdTimers();
    onFirst = (line) => line.terminate();
    open();
    for (const [index, pause] of [500, 1000, 2000, 4000].entries()) {
      await until(() => told.length === index + 1);
      vi.advanceTimersByTime(pause - 1);
      await settle();
      expect(lines).toHaveLength(index + 1);
      if (index === 3) onFirst = (line, frame) => subscribed(line, frame, WELCOME);
      vi.advanceTimersByTime(1);
      await until(() => lines.length === index + 2);
    }
    await until(() => told.includes("up"));
    vi.advanceTimersByTime(20_000);
    await until(() => told.includes("ping"));
    lines.at(-1)?.terminate();
    await until(() => told.at(-1) === "down: unreachable");
    vi.advanceTimersByTime(500);
    await until(() => lines.length === 6);
  });

  it("is opened again at once when it is nudged, and a nudge on an open one does nothing", async () => {
    holdTimers();
    onFirst = (line) => line.terminate();
    const pushed = open();
    await until(() => told.length === 1);
    onFirst = (line, frame) => subscribed(line, frame, WELCOME);
    pushed.nudge();
    pushed.nudge();
    await until(() => told.includes("up"));
    pushed.nudge();
    vi.advanceTimersByTime(5000);
    await settle();
    expect(lines).toHaveLength(2);
    expect(told).toEqual(["down: unreachable", "up"]);
  });

  it("where nothing listens is tried again", async () => {
    holdTimers();
    open({ endpoint: "http://127.0.0.1:9/.well-known/confirm" });
    await until(() => told.length === 1);
    vi.advanceTimersByTime(500);
    await until(() => told.length === 2);
    expect(told).toEqual(["down: unreachable", "down: unreachable"]);
  });

  it("where the policy of the page forbids the address, and the constructor throws, is tried again", async () => {
    holdTimers();
    let tries = 0;
    const Forbidden = function forbidden(): never {
      tries += 1;
      throw new Error("The operation is insecure.");
    };
    open({ WebSocket: Forbidden });
    expect(told).toEqual(["down: unreachable"]);
    vi.advanceTimersByTime(500);
    expect(tries).toBe(2);
  });
});

describe("a closed channel", () => {
  it("tells nothing any more, leaves no timer, and is not opened again", async () => {
    holdTimers();
    const pushed = open();
    await until(() => told.includes("up"));
    pushed.close();
    lines[0]?.send(JSON.stringify({ Pending: ENTRY }));
    await until(() => lines[0]?.readyState === NodeWebSocket.CLOSED);
    pushed.nudge();
    vi.advanceTimersByTime(600_000);
    await settle();
    expect(told).toEqual(["up"]);
    expect(lines).toHaveLength(1);
    expect(heard.filter((frame) => frame === "ping")).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stays closed when it was closed before it was open", async () => {
    holdTimers();
    open().close();
    await settle();
    vi.advanceTimersByTime(600_000);
    await settle();
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stays closed when it was closed in the pause before the next try", async () => {
    holdTimers();
    onFirst = (line) => line.terminate();
    const pushed = open();
    await until(() => told.length === 1);
    pushed.close();
    vi.advanceTimersByTime(600_000);
    await settle();
    expect(lines).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
