/**
 * The broker's sockets under fire: hostile messages over real HTTP with hostile heads, bytes that are no HTTP, and frames of
 * the push channel. It answers or hangs up, and afterwards it is as it was: the same store, no failure in its log.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type HttpCall, sendHttp } from "../support/broker.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { foreignFlat } from "../support/foreign-signer.ts";
import { ALICE } from "../support/signing.ts";
import { pick, seededRandom, upTo } from "../support/random.ts";
import { attack } from "./attack.ts";
import { judgeAnswer } from "./judge.ts";
import { mutateBytes } from "./mutate.ts";
import { makeWorld, type World } from "./world.ts";

/** `npm run fuzz` asks for more. */
const TIMES = Number(process.env["FUZZ_MESSAGES"] ?? 0) > 100_000 ? 20 : 1;

let world: World;
const random = seededRandom("fuzz of the sockets");
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  const { text } = await sendHttp(world.broker.endpoint, { body: '{"HelloRequest":{}}' });
  expect(text).toContain("HelloResponse");
  expect(world.broker.log().filter(({ event }) => event === "defect")).toEqual([]);
  await world.close();
});

const ODD_HEADS: readonly Readonly<Record<string, string>>[] = [
  ...[{ origin: "null" }, { origin: "https://ethel.example" }, { host: "evil.example" }, { host: "" }],
  ...[{ "content-type": "text/html" }, { "content-type": "multipart/form-data; boundary=x" }, { "content-type": ";" }],
  ...[{ expect: "100-continue" }, { "content-encoding": "gzip" }, { "x-forwarded-for": "1.2.3.4" }, { cookie: "a=b" }],
  ...[{ "content-type": "application/x-www-form-urlencoded" }, { origin: "chrome-extension://abc" }, {}, {}, {}, {}],
];

describe("HTTP", () => {
  it("gets an answer of its own for whatever is posted, and none of it is a failure", async () => {
    const seen = new Set<number>();
    for (let sent = 0; sent < 1000 * TIMES; sent++) {
      const { body, contentType } = attack(world, random, world.broker.endpoint);
      const call: HttpCall = {
        method: random() < 0.95 ? "POST" : pick(random, ["GET", "PUT", "OPTIONS", "DELETE", "PATCH", "TRACE"]),
        path: random() < 0.95 ? "/.well-known/confirm" : pick(random, ["/", "//", "/.well-known/confirm/../x", "/%00"]),
        headers: { ...(contentType === "" ? {} : { "content-type": contentType }), ...pick(random, ODD_HEADS) },
        body,
      };
      const before = world.changes();
      const answer = await sendHttp(world.broker.endpoint, call);
      seen.add(answer.status);
      if (answer.status === 200) {
        const type = answer.headers["content-type"] ?? "";
        const { accepted } = judgeAnswer({ status: 200, contentType: type, body: answer.text });
        if (accepted) continue;
      }
      expect([200, 204, 400, 403, 404, 405, 413, 415]).toContain(answer.status);
      expect(world.changes()).toBe(before);
    }
    expect([...seen].sort()).toEqual(expect.arrayContaining([200, 400, 403, 404, 405, 415]));
  });

  it("answers or hangs up on bytes that are no HTTP, or that stop in the middle", async () => {
    const { port } = new URL(world.broker.endpoint);
    const head = "POST /.well-known/confirm HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 20\r\n\r\n{}";
    const before = world.changes();
    for (let sent = 0; sent < 150 * TIMES; sent++) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.end(mutateBytes(Buffer.from(head), random));
      socket.resume();
      await once(socket, "close");
    }
    expect(world.changes()).toBe(before);
  });
});

/** A call that subscribes, as valid as can be. */
function subscription(url: string): string {
  const header = {
    ...{ alg: "ES256", typ: "confirm-request+jws", kid: world.alice.kid, url, iat: Math.floor(SOME_TIME / 1000) },
    jti: Buffer.from(Array.from({ length: 16 }, () => upTo(random, 256))).toString("base64url"),
  };
  return JSON.stringify(foreignFlat(world.alice, header, JSON.stringify({ SubscribeRequest: { Responder: ALICE } })));
}

describe("the push channel", () => {
  it("answers a first frame or closes, takes no other frame but ping, and stays up for others", async () => {
    const url = `${world.broker.endpoint.replace(/^http/, "ws")}/push`;
    let opened = 0;
    const before = world.changes();
    for (let channel = 0; channel < 150 * TIMES; channel++) {
      const socket = new WebSocket(url, "mesh-confirm");
      const closed = once(socket, "close");
      socket.on("error", () => undefined);
      socket.on("message", (data: Buffer) => {
        const frame = data.toString();
        if (frame.startsWith('{"Pending"')) opened += 1;
        expect(frame).not.toContain('"Status":500');
      });
      await once(socket, "open");
      const valid = random() < 0.3;
      const only = random() < 0.7 ? "Subscribe" : undefined;
      const welcome = once(socket, "message");
      socket.send(valid ? subscription(url) : attack(world, random, url, only).body);
      if (valid) await welcome;
      for (let frames = upTo(random, 4); frames > 0; frames--) {
        const { body } = attack(world, random, url);
        socket.send(random() < 0.3 ? "ping" : body, { binary: random() < 0.2 });
      }
      // Whatever it was, one frame more than may come ends it.
      socket.send("not a ping");
      socket.send("not a ping");
      await closed;
    }
    expect(opened).toBeGreaterThan(10);
    expect(world.changes()).toBe(before);
  });

  it("hangs up on bytes that are no frames", async () => {
    const { port, host } = new URL(world.broker.endpoint);
    const upgrade =
      `GET /.well-known/confirm/push HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mesh-confirm\r\n\r\n";
    let upgraded = 0;
    for (let sent = 0; sent < 60 * TIMES; sent++) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.on("data", (data) => (upgraded += data.toString("latin1").startsWith("HTTP/1.1 101") ? 1 : 0));
      socket.write(random() < 0.3 ? mutateBytes(Buffer.from(upgrade), random) : upgrade);
      const frames = Buffer.from(Array.from({ length: upTo(random, 200) }, () => upTo(random, 256)));
      socket.end(frames);
      await once(socket, "close");
    }
    expect(upgraded).toBeGreaterThan(10);
  });
});
