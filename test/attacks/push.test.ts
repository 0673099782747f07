/** A broker that attacks through the push channel: floods, giants, silence, storms. What it costs is bounded, and counted here. */
import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeWebSocket, WebSocketServer } from "ws";
import { openPush, type PushChannel } from "../../src/client/index.ts";
import { readCall, sealAnswer } from "../../src/crypto/index.ts";
import { ENDPOINT_PATH, LIMITS } from "../../src/protocol/index.ts";
import { HOUR, MINUTE, SECOND } from "../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../support/signing.ts";

const DEVICE = await newKey();
const SERVICE = await newKey();
const ENTRY = { Request: await signedRequest(await newKey()), ResponderAccount: ALICE, BrokerID: "RBA" };
const PENDING = JSON.stringify({ Pending: ENTRY });

let server: Server | ReturnType<typeof createTcpServer> | undefined;
let channel: PushChannel | undefined;
const sockets = new Set<Socket>();
/** What the channel told. */
let told: string[] = [];
/** How often somebody connected, and how often the channel tried to. */
let connections = 0;
let tries = 0;

class CountedSocket extends NodeWebSocket {
  constructor(address: string, protocol: string) {
    super(address, protocol);
    tries += 1;
  }
}

afterEach(async () => {
  vi.useRealTimers();
  channel?.close();
  for (const socket of sockets) socket.destroy();
  server?.close();
  if (server !== undefined) await once(server, "close");
  told = [];
  connections = 0;
  tries = 0;
});

async function listen(made: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server = made;
  made.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  made.listen(0, "127.0.0.1");
  await once(made, "listening");
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}${ENDPOINT_PATH}`;
}

/** A broker that proves its key on each connection, and then does what the test says. */
function welcoming(then: (line: NodeWebSocket) => void): Promise<string> {
  const http = createServer();
  new WebSocketServer({ server: http }).on("connection", (line) => {
    line.on("error", () => undefined);
    line.once("message", (data: Buffer) => {
      void (async () => {
        const { req } = await readCall(data.toString());
        const message = JSON.stringify({ SubscribeResponse: { Status: 201 } });
        line.send(await sealAnswer(SERVICE, { req, message, now: Date.now() }));
        then(line);
      })();
    });
  });
  return listen(http);
}

/** Opens the channel. `take` is what a request that comes costs. */
function open(endpoint: string, take: () => Promise<void> = () => Promise.resolve(), random = (): number => 0): void {
  channel = openPush(
    {
      endpoint,
      account: ALICE,
      who: () => ({ key: DEVICE, service: SERVICE }),
      WebSocket: CountedSocket as unknown as typeof WebSocket,
      clock: Date.now,
      random,
    },
    {
      onUp: () => told.push("up"),
      onDown: (why, message) => told.push(`down: ${why}: ${message}`),
      onRefused: () => told.push("refused"),
      onPending: () => {
        told.push("pending");
        return take();
      },
      onWithdrawn: () => {
        told.push("withdrawn");
        return take();
      },
      onPing: () => told.push("ping"),
    },
  );
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`It did not happen; told: ${told.slice(0, 20).join(", ")}`);
    await nextTurn();
  }
}

function holdTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
}

const downs = (): readonly string[] => told.filter((one) => one.startsWith("down"));

describe("a flood of frames", () => {
  it.each([
    ["pending requests", PENDING],
    ["withdrawals", JSON.stringify({ Withdrawn: { BrokerID: "RBA", RequestStatus: "ECANCEL" } })],
  ])("of %s, 10,000 at once, is read one by one up to a bound, and ends the channel", async (_, frame) => {
    let running = 0;
    let most = 0;
    let line: NodeWebSocket | undefined;
    const endpoint = await welcoming((opened) => (line = opened));
    holdTimers();
    open(endpoint, async () => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      running -= 1;
    });
    await until(() => told.includes("up"));
    for (let count = 0; count < 10_000; count++) line?.send(frame);
    await until(() => downs().length > 0);
    for (let turn = 0; turn < 500; turn++) await nextTurn();
    expect(downs()).toEqual(["down: malformed: The push channel sends more than can be read."]);
    expect(most).toBeLessThanOrEqual(1);
    // What had come in time, and no more than may wait.
    expect(told.length).toBeLessThan(300);
    // Not come back to before the pause is over.
    expect(connections).toBe(1);
  });

  it("of an honest broker, all that an account may have at once, is taken in whole", async () => {
    const endpoint = await welcoming((line) => {
      for (let count = 0; count < 100; count++) line.send(PENDING);
    });
    open(endpoint, async () => {
      for (let turn = 0; turn < 20; turn++) await nextTurn();
    });
    await until(() => told.filter((one) => one === "pending").length === 100);
    expect(downs()).toEqual([]);
  });
});

describe("a giant frame", () => {
  it.each([1, 16])(
    "of %i MiB ends the channel and is not read, nor kept for a turn that does not come",
    async (mib) => {
      let line: NodeWebSocket | undefined;
      const endpoint = await welcoming((opened) => {
        line = opened;
        line.send(PENDING);
      });
      holdTimers();
      // The first request is still being taken in when the giants come: they do not even wait.
      open(endpoint, () => once(new EventEmitter(), "never").then(() => undefined));
      await until(() => told.includes("pending"));
      for (let count = 0; count < 4; count++) line?.send(`{"Pending":"${"A".repeat(mib * 1024 * 1024)}"}`);
      await until(() => downs().length > 0);
      expect(downs()).toEqual(["down: malformed: The push channel sent too large a frame."]);
      expect(told).toEqual(["up", "pending", ...downs()]);
    },
  );

  it("of the largest size that a message may have is read", async () => {
    const endpoint = await welcoming((line) => line.send(PENDING.padEnd(LIMITS.messageBytes)));
    open(endpoint);
    await until(() => told.includes("pending"));
    expect(downs()).toEqual([]);
  });
});

describe("a slow push channel", () => {
  it("whose server takes the connection and never answers is given up after ten seconds", async () => {
    const endpoint = await listen(createTcpServer());
    holdTimers();
    open(endpoint);
    await until(() => connections === 1);
    vi.advanceTimersByTime(10 * SECOND - 1);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["down: timeout: The push channel did not open in time."]);
  });

  it("whose server answers the upgrade a byte at a time is given up after ten seconds", async () => {
    let sent = 0;
    const dripping = createTcpServer((socket) => {
      const drip = (): void => {
        if (socket.destroyed) return;
        sent += 1;
        socket.write(sent === 1 ? "H" : "T", () => setImmediate(drip));
      };
      socket.once("data", drip);
    });
    const endpoint = await listen(dripping);
    holdTimers();
    open(endpoint);
    await until(() => sent > 1);
    vi.advanceTimersByTime(10 * SECOND);
    await until(() => downs().length === 1);
    expect(told).toHaveLength(1);
  });

  it("that is up and then silent is closed within a minute", async () => {
    const endpoint = await welcoming(() => undefined);
    holdTimers();
    open(endpoint);
    await until(() => told.includes("up"));
    vi.advanceTimersByTime(MINUTE);
    expect(downs()).toEqual(["down: timeout: The push channel is silent."]);
  });

  it.each([301, 302, 307])("that redirects elsewhere (%i) is not followed", async (status) => {
    let elsewhere = 0;
    const other = createServer(() => (elsewhere += 1)).on("upgrade", () => (elsewhere += 1));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}${ENDPOINT_PATH}/push`;
    const http = createServer().on("upgrade", (_, socket) => {
      socket.end(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    });
    const endpoint = await listen(http);
    holdTimers();
    open(endpoint);
    await until(() => downs().length === 1);
    expect(downs()[0]).toContain("unreachable");
    expect(elsewhere).toBe(0);
    other.close();
  });
});

describe("a reconnect storm", () => {
  /** Lets an hour go by while the broker breaks every connection; a try that is under way ends before the clock goes on. */
  async function anHour(): Promise<void> {
    for (let passed = 0; passed < HOUR; passed += SECOND / 2) {
      vi.advanceTimersByTime(SECOND / 2);
      await until(() => downs().length === tries);
    }
  }

  it.each<[string, (line: NodeWebSocket) => void]>([
    ["as soon as it proved its key", (line) => line.terminate()],
    [
      "after a first request",
      (line) => {
        line.send(PENDING);
        line.close();
      },
    ],
    ["by a frame that nobody can read", (line) => line.send("{")],
  ])("of a broker that closes each connection %s is 33 tries in the first hour at most", async (_, then) => {
    const endpoint = await welcoming(then);
    holdTimers();
    open(endpoint);
    await until(() => downs().length === 1);
    await anHour();
    // The shortest pauses are half of 1 s, 2 s, 4 s ... 5 minutes.
    expect(connections).toBeGreaterThan(20);
    expect(connections).toBeLessThanOrEqual(33);
  });

  it("is spread by jitter: of many clients no two come back at the same moment", async () => {
    const endpoint = await welcoming((line) => line.terminate());
    const pauses = new Set<number>();
    for (let client = 0; client < 5; client++) {
      const random = client / 5;
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
      told = [];
      const before = connections;
      open(endpoint, undefined, () => random);
      await until(() => downs().length === 1);
      let pause = 0;
      while (vi.getTimerCount() > 0 && connections === before + 1 && pause < 2000) {
        vi.advanceTimersByTime(10);
        pause += 10;
        if (pause % 100 === 0) for (let turn = 0; turn < 20; turn++) await nextTurn();
      }
      pauses.add(pause);
      channel?.close();
      vi.useRealTimers();
    }
    expect(pauses.size).toBe(5);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1100);
  });
});
