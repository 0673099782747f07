/** Behind a proxy: whose call it is, and that nobody but the proxy says so. */
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type BrokerOptions,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  openStore,
  type RunningBroker,
  startBroker,
} from "../../src/broker/index.ts";
import { proxiesAt, sourceOf } from "../../src/broker/source-address.ts";
import { sendHttp } from "../support/broker.ts";

function calling(peer: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

describe("the source of a call", () => {
  const local = proxiesAt([]);

  it.each([
    [
      "what the proxy added last, whatever a caller wrote before",
      "127.0.0.1",
      "203.0.113.9, 198.51.100.7",
      "198.51.100.7",
    ],
    ["of either family", "::1", "2001:db8::7", "2001:db8::7"],
    ["of an IPv4 caller at a socket for both", "::ffff:127.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"],
  ])("is %s", (_name, peer, forwarded, source) => {
    expect(sourceOf(calling(peer, forwarded), local)).toBe(source);
  });

  it.each([
    ["nothing", undefined],
    ["nothing at its end", "198.51.100.7, "],
    ["a word", "unknown"],
    ["a port", "198.51.100.7:4711"],
  ])("is unknown, 400, where the proxy says %s", (_name, forwarded) => {
    expect(sourceOf(calling("127.0.0.1", forwarded), local)).toMatchObject({ status: 400 });
  });

  it("is nobody's but the proxy's to say", () => {
    expect(sourceOf(calling("198.51.100.7", "203.0.113.9"), local)).toMatchObject({ status: 403 });
    const named = proxiesAt(["10.1.0.0/16", "2001:db8::/32"]);
    expect(sourceOf(calling("10.1.2.3", "203.0.113.9"), named)).toBe("203.0.113.9");
    expect(sourceOf(calling("2001:db8:1::1", "203.0.113.9"), named)).toBe("203.0.113.9");
    for (const peer of ["10.2.0.1", "127.0.0.1", "::1", ""]) {
      expect(sourceOf(calling(peer, "203.0.113.9"), named)).toMatchObject({ status: 403 });
    }
  });

  it("is the peer, whatever it says, where there is no proxy", () => {
    expect(sourceOf(calling("::ffff:198.51.100.7", "203.0.113.9"), undefined)).toBe("198.51.100.7");
  });
});

describe("a broker behind a proxy", () => {
  let folder: string;
  let broker: RunningBroker;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "confirm-proxy-"));
  });
  afterEach(async () => {
    await broker.close();
    await rm(folder, { recursive: true });
  });
  const start = async (options: Partial<BrokerOptions>) => {
    const listen = { host: "127.0.0.1", port: 0 };
    const store = await openStore(folder);
    broker = await startBroker({ store, listen, domains: ["localhost"], log: () => undefined, ...options });
    return broker;
  };
  const anyone = { ...DEFAULT_POLICY, enquirers: "any" } as const;
  const hello = '{"HelloRequest":{}}';

  it("counts each caller for itself, and refuses what came past the proxy", async () => {
    const limits = { ...DEFAULT_LIMITS, address: { perSecond: 0, burst: 2 } };
    const { endpoint } = await start({ behindProxy: [], policy: { ...anyone, limits } });
    const from = async (source?: string): Promise<number> => {
      const headers = source === undefined ? {} : { "x-forwarded-for": source };
      return (await sendHttp(endpoint, { body: hello, headers })).status;
    };
    expect([await from("192.0.2.2"), await from("192.0.2.2"), await from("192.0.2.2")]).toEqual([200, 200, 429]);
    expect(await from("192.0.2.2, 192.0.2.3")).toBe(200);
    expect(await from("192.0.2.3, 192.0.2.2")).toBe(429);
    expect(await from()).toBe(400);
  });

  it("asks the same of a push channel", async () => {
    const { port } = (await start({ behindProxy: ["192.0.2.99"], policy: anyone })).address;
    const socket = connect(port, "127.0.0.1");
    socket.write(
      [
        "GET /.well-known/confirm/push HTTP/1.1",
        `Host: 127.0.0.1:${port}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol: mesh-confirm",
        "X-Forwarded-For: 192.0.2.1",
        "\r\n",
      ].join("\r\n"),
    );
    let text = "";
    for await (const piece of socket) text += String(piece);
    expect(text).toMatch(/^HTTP\/1\.1 403 .*takes calls only from its proxy/s);
  });
});
