/** How a broker starts, what it refuses to start with, and how it stops. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BrokerOptions, DEFAULT_POLICY, openStore, startBroker } from "../../src/broker/index.ts";
import { sendHttp, startTestBroker } from "../support/broker.ts";
import { newKey } from "../support/signing.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-start-"));
});
afterEach(() => rm(folder, { recursive: true }));

const LOOPBACK = { host: "127.0.0.1", port: 0 };
const anyone = { ...DEFAULT_POLICY, enquirers: "any" } as const;
const start = async (options: Partial<BrokerOptions>) =>
  startBroker({ store: await openStore(folder), listen: LOOPBACK, log: () => undefined, ...options });

describe("a broker", () => {
  it("keeps its key over a restart", async () => {
    const first = await startTestBroker({ folder });
    await first.stop();
    const second = await startTestBroker({ folder });
    expect(second.running.serviceKid).toBe(first.running.serviceKid);
    await second.stop();
  });

  it("names itself by its public URL, answers under that Host alone, and takes calls for it", async () => {
    const broker = await start({
      publicUrls: ["https://confirm.example.com"],
      policy: anyone,
      domains: ["example.com"],
    });
    expect(broker.endpoint).toBe("https://confirm.example.com/.well-known/confirm");
    const local = `http://127.0.0.1:${broker.address.port}/.well-known/confirm`;
    const ask = (host: string) => sendHttp(local, { body: '{"HelloRequest":{}}', headers: { host } });
    expect((await ask("confirm.example.com")).json).toMatchObject({
      HelloResponse: { Version: { URI: [broker.endpoint] } },
    });
    expect((await ask("confirm.example.com:443")).status).toBe(200);
    expect((await ask(`127.0.0.1:${broker.address.port}`)).status).toBe(403);
    await broker.close();
  });

  it("can be closed twice, and takes nothing after", async () => {
    const broker = await start({});
    await Promise.all([broker.close(), broker.close()]);
    await expect(sendHttp(broker.endpoint, { body: "{}" })).rejects.toThrow("ECONNREFUSED");
  });

  it("does not wait for connections that a client keeps open", async () => {
    const broker = await start({});
    await (await fetch(broker.endpoint, { method: "POST", body: '{"HelloRequest":{}}' })).text();
    const started = performance.now();
    await broker.close();
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("answers calls of its second name, localhost", async () => {
    const broker = await startTestBroker({ folder });
    const endpoint = broker.endpoint.replace("127.0.0.1", "localhost");
    expect(endpoint).not.toBe(broker.endpoint);
    const answer = await sendHttp(broker.endpoint, {
      body: '{"HelloRequest":{}}',
      headers: { host: new URL(endpoint).host },
    });
    expect(answer.status).toBe(200);
    expect((await broker.signed(await newKey(), { HelloRequest: {} })).status).toBe(201);
    await broker.stop();
  });
});

describe("options that are refused", () => {
  it.each([
    [
      "another address than loopback without a public URL",
      { listen: { host: "0.0.0.0", port: 0 }, behindProxy: ["10.0.0.2"], policy: anyone, domains: ["a.example"] },
      /--public-url/,
    ],
    [
      "another address than loopback without a domain",
      {
        listen: { host: "0.0.0.0", port: 0 },
        behindProxy: ["10.0.0.2"],
        policy: anyone,
        publicUrls: ["https://a.example"],
      },
      /--domain/,
    ],
    ["a public URL without TLS", { publicUrls: ["http://a.example"] }, /https/],
    ["a domain that is none", { domains: ["a b"] }, /"a b" is not a domain/],
  ])("%s", async (_name, options, says) => {
    await expect(start(options)).rejects.toMatchObject({
      code: "options",
      message: expect.stringMatching(says) as string,
    });
  });

  it("an address that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve);
    });
    const { port } = other.address() as { port: number };
    await expect(start({ listen: { host: "127.0.0.1", port } })).rejects.toMatchObject({ code: "listen" });
    other.close();
  });
});

describe("the log", () => {
  it("has one line for an event, and neither texts nor tokens", async () => {
    const lines: string[] = [];
    const broker = await start({ log: (text) => lines.push(...text.split("\n").filter((line) => line !== "")) });
    await sendHttp(broker.endpoint, { body: '{"StatusRequest":{"BrokerID":"SECRE-TSECR-ETSEC"}}' });
    await broker.close();
    const events = lines.map((line) => JSON.parse(line) as { event: string; at: string });
    expect(events.map(({ event }) => event)).toEqual(["started", "refused", "stopped"]);
    expect(events.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
    expect(lines.join("")).not.toContain("SECRE-TSECR");
  });
});
