/** HTTP as the broker speaks it: who may call, in which form, how long, and what every answer carries. */
import { connect as connectTcp } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendHttp, startTestBroker, type TestBroker } from "../support/broker.ts";

const EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
const HELLO = '{"HelloRequest":{}}';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker({ slowMs: 700 });
});
afterAll(() => broker.stop());

/** Writes bytes on a bare socket and reads until the other end closes it. */
function raw(...pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(broker.running.address.port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("close", () => {
      resolve(text);
    });
    socket.on("error", (error: Error & { code?: string }) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
    for (const piece of pieces) socket.write(piece);
  });
}

const head = (more: string) =>
  `POST /.well-known/confirm HTTP/1.1\r\nHost: ${new URL(broker.endpoint).host}\r\n${more}\r\n`;

describe("the endpoint", () => {
  it("reads a body without Content-Type, and one of any type but a form's, as JSON", async () => {
    for (const headers of [
      {},
      { "content-type": "application/json" },
      { "content-type": "text/plain; charset=utf-8" },
    ]) {
      const answer = await sendHttp(broker.endpoint, { body: HELLO, headers });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ HelloResponse: { Status: 201, Version: { Major: 0, Minor: 1 } } });
    }
  });

  it("takes a trailing slash for the same", async () => {
    const answer = await sendHttp(broker.endpoint, { body: HELLO, path: "/.well-known/confirm/" });
    expect(answer.json).toMatchObject({ HelloResponse: { Status: 201 } });
  });

  it("answers under both names of this machine", async () => {
    const host = `localhost:${broker.running.address.port}`;
    expect((await sendHttp(broker.endpoint, { body: HELLO, headers: { host } })).status).toBe(200);
    const other = await sendHttp(broker.endpoint, { body: HELLO, headers: { host: "127.0.0.1" } });
    expect(other.status).toBe(403);
  });

  it("lets nothing be guessed or kept by who receives it", async () => {
    for (const call of [{ body: HELLO }, { body: "{" }, { method: "GET" }]) {
      const { headers } = await sendHttp(broker.endpoint, call);
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
      expect(headers["content-type"]).toBe("application/json");
    }
  });

  it("names the methods that it has", async () => {
    expect((await sendHttp(broker.endpoint, { method: "GET" })).headers.allow).toBe("POST, OPTIONS");
    expect((await sendHttp(broker.endpoint, { method: "OPTIONS" })).status).toBe(405);
  });
});

describe("origins", () => {
  it("lets an extension in and read the answer, after a preflight", async () => {
    for (const origin of [EXTENSION, "moz-extension://5e7d9c0a-0000-4000-8000-000000000000"]) {
      const preflight = await sendHttp(broker.endpoint, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "7200",
      });
      const answer = await sendHttp(broker.endpoint, { body: HELLO, headers: { origin } });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ "access-control-allow-origin": origin, vary: "Origin" });
    }
  });

  it("turns a page's preflight and post away, without a header that would let it read why", async () => {
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:8787", `${EXTENSION}.evil.example`]) {
      for (const method of ["OPTIONS", "POST"]) {
        const answer = await sendHttp(broker.endpoint, {
          method,
          headers: { origin },
          body: method === "POST" ? HELLO : "",
        });
        expect(answer.status).toBe(403);
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
    }
  });
});

describe("bytes", () => {
  it("that are too many are refused while they arrive", async () => {
    const chunk = `8000\r\n${"x".repeat(0x8000)}\r\n`;
    const answer = await raw(head("Transfer-Encoding: chunked\r\n"), chunk, chunk, chunk);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('"ConfirmResponse":{"Status":413');
  });

  it("that are too many by their own word are refused before they arrive", async () => {
    expect(await raw(head("Content-Length: 70000\r\n"))).toMatch(/^HTTP\/1.1 413 /);
  });

  it("that come too slowly are given up", async () => {
    const answer = await raw(head("Content-Length: 100\r\n"), "{");
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain("took too long");
  });

  it("that are not HTTP get a sentence too", async () => {
    const answer = await raw("HELO broker\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"ConfirmResponse":{"Status":400');
  });

  it("that break off are no defect", async () => {
    const socket = connectTcp(broker.running.address.port, "127.0.0.1");
    socket.write(`${head("Content-Length: 100\r\n")}{`);
    await delay(50);
    socket.destroy();
    await delay(100);
    expect(broker.log().filter(({ event }) => event === "defect")).toEqual([]);
  });
});
