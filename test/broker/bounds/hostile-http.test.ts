/** Callers who are slow, endless, packed, ahead of themselves or silent: each is cut off, and the others are answered. */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sendHttp, startTestBroker, type TestBroker, type TestBrokerOptions } from "../../support/broker.ts";
import { headOf, helloCall, type RawSocket, rawSocket } from "../../support/raw-socket.ts";

const HELLO = '{"HelloRequest":{}}';

let broker: TestBroker;
const sockets: RawSocket[] = [];
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.destroy();
  await broker.stop();
});

async function start(options: TestBrokerOptions = {}): Promise<number> {
  broker = await startTestBroker({ slowMs: 700, ...options });
  return broker.running.address.port;
}

async function open(port: number, text = ""): Promise<RawSocket> {
  const raw = await rawSocket(port);
  sockets.push(raw);
  if (text !== "") raw.socket.write(text);
  return raw;
}

const isAnswered = async () => (await sendHttp(broker.endpoint, { body: HELLO })).status === 200;
const shortages = () => broker.log().filter(({ event }) => event === "shortage");
const status = (text: string): string => /^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? "";

describe("a body", () => {
  it("that is compressed is not unpacked, whatever is in it", async () => {
    await start();
    const packed = [
      ["gzip", gzipSync(Buffer.alloc(32 * 1024 * 1024))],
      ["deflate", deflateSync(HELLO)],
      ["br", HELLO],
      ["gzip, identity", HELLO],
    ] as const;
    for (const [coding, body] of packed) {
      const answer = await sendHttp(broker.endpoint, { headers: { "content-encoding": coding }, body });
      expect(answer.status).toBe(415);
      expect(answer.json).toMatchObject({ ConfirmResponse: { Status: 415 } });
    }
    const plain = await sendHttp(broker.endpoint, { headers: { "content-encoding": "identity" }, body: HELLO });
    expect(plain.status).toBe(200);
  });

  it("that is packed for its transfer is refused as well", async () => {
    const port = await start();
    const { closed } = await open(port, `${headOf(port, "Transfer-Encoding: gzip, chunked")}\r\n`);
    expect(status(await closed)).toBe("415");
  });

  it.each([
    ["says so", "Content-Length: 100000000", ""],
    ["does not say so", "Transfer-Encoding: chunked", "10000\r\n"],
  ])("of 100 MB that %s is refused at its beginning, and not read", async (_, header, before) => {
    const port = await start();
    const { socket, text } = await open(port, `${headOf(port, header)}\r\n`);
    const piece = Buffer.concat([Buffer.from(before), Buffer.alloc(0x10000, "x"), Buffer.from(before && "\r\n")]);
    let sent = 0;
    while (!socket.destroyed && sent < 100_000_000) {
      sent += piece.length;
      if (!socket.write(piece))
        await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => undefined);
    }
    // What the system's buffers took besides.
    expect(sent).toBeLessThan(20_000_000);
    expect(["", "413"]).toContain(status(text()));
  });

  it("that comes a byte at a time is given up, however many there are, and nobody else waits for it", async () => {
    const port = await start({ bounds: { bodyBytes: 20 * 16 * 1024 } });
    const slow: RawSocket[] = [];
    for (let count = 0; count < 30; count++) slow.push(await open(port, `${headOf(port, "Content-Length: 100")}\r\n{`));
    expect(await isAnswered()).toBe(true);
    const answers = await Promise.all(slow.map(({ closed }) => closed));
    // The oldest were cut off for the newer ones, and these when their time was over.
    expect(answers.filter((text) => text === "").length).toBeGreaterThanOrEqual(10);
    expect(status(answers.at(-1) ?? "")).toBe("408");
    expect(shortages().map(({ of }) => of)).toEqual(["memory"]);
  });

  it("of 64 KiB of brackets is refused as too deep", async () => {
    await start();
    const body = "[".repeat(0x8000) + "]".repeat(0x8000);
    const answer = await sendHttp(broker.endpoint, { body });
    expect(answer.json).toMatchObject({ ConfirmResponse: { Status: 400 } });
  });
});

describe("headers", () => {
  it.each([
    ["a long one", (port: number) => headOf(port, `X-Long: ${"x".repeat(20_000)}`)],
    ["many", (port: number) => headOf(port, ...Array.from({ length: 5000 }, (_, index) => `X-${index}: x`))],
    ["a long path", () => `POST /${"x".repeat(20_000)} HTTP/1.1\r\n`],
  ])("that flood (%s) get 431", async (_, head) => {
    const port = await start();
    const { closed } = await open(port, `${head(port)}\r\n`);
    expect(status(await closed)).toBe("431");
  });

  it("that do not end are given up, and so is who says nothing", async () => {
    const port = await start();
    const half = await open(port, headOf(port));
    const silent = await open(port);
    expect(status(await half.closed)).toBe("408");
    expect(status(await silent.closed)).toBe("408");
  });
});

describe("calls that are sent before there is an answer", () => {
  it("are refused, and their connection is closed", async () => {
    const port = await start();
    const { closed } = await open(port, helloCall(port).repeat(500));
    const text = await closed;
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, code]) => code)).toEqual(["200", "429"]);
    expect(await isAnswered()).toBe(true);
  });

  it("are answered one after the other where each comes after an answer", async () => {
    const port = await start();
    const { socket, text } = await open(port);
    for (let count = 1; count <= 5; count++) {
      socket.write(helloCall(port));
      await vi.waitFor(() => expect(text().match(/HTTP\/1.1 200/g)).toHaveLength(count), 5000);
    }
  });
});

describe("sockets", () => {
  it("that nothing comes from make room for those that call", async () => {
    const port = await start({ slowMs: 20_000, bounds: { sockets: 20 } });
    const silent: RawSocket[] = [];
    for (let count = 0; count < 60; count++) silent.push(await open(port));
    for (let count = 0; count < 5; count++) expect(await isAnswered()).toBe(true);
    await vi.waitFor(
      () => expect(silent.filter(({ socket }) => socket.closed).length).toBeGreaterThanOrEqual(40),
      5000,
    );
    expect(silent[0]?.socket.closed).toBe(true);
    expect(shortages().map(({ of }) => of)).toEqual(["sockets"]);
  });

  it("are not closed for others while a call is under way on them", async () => {
    const port = await start({ slowMs: 20_000, bounds: { sockets: 5 } });
    const waiting = await open(port);
    waiting.socket.write(`${headOf(port, "Content-Length: 100")}\r\n{`);
    await delay(100);
    for (let count = 0; count < 20; count++) await open(port);
    await delay(200);
    expect(waiting.socket.closed).toBe(false);
  });

  it("that asked for an upgrade in vain do not stay open", async () => {
    const port = await start();
    const upgrade = headOf(port, "Connection: Upgrade", "Upgrade: websocket").replace("POST", "GET");
    const { socket, closed } = await open(port, `${upgrade}\r\n`);
    socket.pause();
    await delay(1500);
    socket.resume();
    expect(status(await closed)).toBe("404");
  });
});
