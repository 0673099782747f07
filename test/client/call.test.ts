/** One transaction over fetch: only what the pinned key signed for exactly this call counts; nothing costs more than its bound. */
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callPlain, callSigned, ClientError } from "../../src/client/index.ts";
import type { CallOptions, Credentials } from "../../src/client/index.ts";
import { openCall, readCall, sealAnswer } from "../../src/crypto/index.ts";
import { LIMITS } from "../../src/protocol/index.ts";
import { MINUTE, SECOND } from "../support/fake-clock.ts";
import { base64url, foreignFlat, foreignKey, textOf } from "../support/foreign-signer.ts";
import { newKey } from "../support/signing.ts";
import { answering, type Behaviour, openWire, sendJson, signedAnswer, type Wire } from "../support/wire.ts";

const KEY = await newKey();
const SERVICE = await newKey();
const OTHER = await newKey();
const WHO: Credentials = { key: KEY, service: SERVICE };
const PENDING = { RequestStatus: "PENDING", BrokerID: "RBKXX" };
const OK = { StatusResponse: { Status: 201, Response: PENDING } };

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

function options(more: Partial<CallOptions> = {}): CallOptions {
  return { endpoint: wire.endpoint, fetch: globalThis.fetch, clock: Date.now, timeoutMs: 15_000, ...more };
}

async function failure(call: Promise<unknown>): Promise<ClientError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  throw new Error("The call was answered.");
}

const signed = (more: Partial<CallOptions> = {}) => callSigned("Status", { BrokerID: "RBKXX" }, WHO, options(more));
const plain = (more: Partial<CallOptions> = {}) => callPlain("Hello", {}, options(more));

describe("a signed call", () => {
  it("is a JWS for exactly this address, dated now, with the key in it", async () => {
    wire.behaviour = answering(SERVICE, OK);
    await signed();
    const [call] = wire.arrived;
    expect(call).toMatchObject({ method: "POST", path: "/.well-known/confirm" });
    expect(call?.headers["content-type"]).toBe("application/jose+json");
    const opened = await openCall(await readCall(call?.body ?? ""), { urls: [wire.endpoint], now: Date.now() });
    expect(opened.caller.kid).toBe(KEY.kid);
    expect(JSON.parse(new TextDecoder().decode(opened.payload))).toEqual({ StatusRequest: { BrokerID: "RBKXX" } });
  });

  it("says nothing about where it comes from, and brings no cookie", async () => {
    wire.behaviour = answering(SERVICE, OK);
    await signed();
    const headers = wire.arrived[0]?.headers ?? {};
    expect([headers.cookie, headers.referer, headers.authorization]).toEqual([undefined, undefined, undefined]);
  });

  it("is another one each time, so none can be replayed", async () => {
    wire.behaviour = answering(SERVICE, OK);
    await signed();
    await signed();
    const ids = wire.arrived.map(({ body }) => {
      const jws = JSON.parse(body) as { readonly protected: string };
      return (JSON.parse(textOf(jws.protected)) as { readonly jti: string }).jti;
    });
    expect(new Set(ids).size).toBe(2);
  });

  it("is answered by what the pinned key signed for it", async () => {
    wire.behaviour = answering(SERVICE, OK);
    expect(await signed()).toEqual({ Status: 201, Response: PENDING });
  });

  it("is answered by a signed refusal, which is the broker's word", async () => {
    wire.behaviour = answering(SERVICE, { ConfirmResponse: { Status: 403, StatusDescription: "No." } });
    expect(await signed()).toEqual({ Status: 403, StatusDescription: "No." });
  });

  it("is answered whatever HTTP's own status says, where the answer is signed", async () => {
    wire.behaviour = async (call, response) => {
      sendJson(response, await signedAnswer(SERVICE, call, { ConfirmResponse: { Status: 429 } }), 429);
    };
    expect(await signed()).toEqual({ Status: 429 });
  });
});

describe("what is no answer to a signed call", () => {
  const cases: readonly [string, string, Behaviour][] = [
    ["an unsigned yes", "not_signed", (_, response) => sendJson(response, OK)],
    ["an unsigned error", "not_signed", (_, response) => sendJson(response, { ConfirmResponse: { Status: 410 } }, 410)],
    ["an answer by another key", "wrong_key", answering(OTHER, OK)],
    ["an answer by the caller's own key", "wrong_key", answering(KEY, OK)],
    [
      "an answer by another key that says the pinned kid",
      "not_signed",
      async (call, response) => {
        const { req } = await readCall(call.body);
        const sealed = await sealAnswer(
          { ...OTHER, kid: SERVICE.kid },
          { req, message: JSON.stringify(OK), now: Date.now() },
        );
        sendJson(response, sealed);
      },
    ],
    [
      "an answer that brings its own key",
      "not_signed",
      async (call, response) => {
        const attacker = foreignKey();
        const { req } = await readCall(call.body);
        const header = { alg: "ES256", typ: "confirm-response+jws", kid: SERVICE.kid, jwk: attacker.jwk, req, iat: 1 };
        sendJson(response, foreignFlat(attacker, header, JSON.stringify(OK)));
      },
    ],
    [
      "an answer with no signature at all (alg none)",
      "not_signed",
      async (call, response) => {
        const { req } = await readCall(call.body);
        const header = { alg: "none", typ: "confirm-response+jws", kid: SERVICE.kid, req, iat: 1 };
        sendJson(response, {
          protected: base64url(JSON.stringify(header)),
          payload: base64url(JSON.stringify(OK)),
          signature: "AA",
        });
      },
    ],
    [
      "the answer to another call",
      "not_signed",
      async (_, response) => {
        const message = JSON.stringify(OK);
        sendJson(response, await sealAnswer(SERVICE, { req: "A".repeat(43), message, now: Date.now() }));
      },
    ],
    [
      "an answer whose payload was changed",
      "not_signed",
      async (call, response) => {
        const answer = JSON.parse(await signedAnswer(SERVICE, call, OK)) as { readonly payload: string };
        sendJson(response, { ...answer, payload: base64url(textOf(answer.payload).replace("PENDING", "EXPIRED")) });
      },
    ],
    ["the call itself, sent back", "not_signed", (call, response) => sendJson(response, call.body)],
    ["no JSON", "not_signed", (_, response) => sendJson(response, "<html>It works!</html>")],
    ["nothing", "not_signed", (_, response) => sendJson(response, "")],
    ["a list", "not_signed", (_, response) => sendJson(response, "[]")],
    ["a signed answer to another transaction", "malformed", answering(SERVICE, { HelloResponse: { Status: 201 } })],
    ["a signed answer of another shape", "malformed", answering(SERVICE, { StatusResponse: { Status: "201" } })],
    ["a signed answer with two tags", "malformed", answering(SERVICE, { ...OK, ConfirmResponse: { Status: 201 } })],
  ];
  it.each(cases)("%s: %s", async (_, code, behaviour) => {
    wire.behaviour = behaviour;
    expect((await failure(signed())).code).toBe(code);
  });

  it("the answer that an earlier call of the same words got", async () => {
    let first: string | undefined;
    wire.behaviour = async (call, response) => {
      first ??= await signedAnswer(SERVICE, call, OK);
      sendJson(response, first);
    };
    expect(await signed()).toMatchObject({ Status: 201 });
    expect((await failure(signed())).code).toBe("not_signed");
  });
});

describe("a clock that is off", () => {
  it.each([
    [10 * MINUTE, 600, "10 minutes fast"],
    [-4 * MINUTE, -240, "4 minutes slow"],
  ])("by %i ms is named, where the broker signed that the call is stale", async (off, seconds, words) => {
    const now = Math.floor(Date.now() / SECOND) * SECOND;
    wire.behaviour = answering(SERVICE, { ConfirmResponse: { Status: 401 } }, now);
    const error = await failure(signed({ clock: () => now + off }));
    expect(error).toMatchObject({ code: "clock", aheadSeconds: seconds });
    expect(error.message).toContain(words);
  });

  it("is not blamed for a refusal by a broker that has the same time", async () => {
    wire.behaviour = answering(SERVICE, { ConfirmResponse: { Status: 401 } });
    expect(await signed()).toEqual({ Status: 401 });
  });

  it("cannot be claimed by who does not have the broker's key", async () => {
    wire.behaviour = answering(OTHER, { ConfirmResponse: { Status: 401 } }, Date.now() - 10 * MINUTE);
    expect((await failure(signed())).code).toBe("wrong_key");
    wire.behaviour = (_, response) => sendJson(response, { ConfirmResponse: { Status: 401 } }, 401);
    expect((await failure(signed())).code).toBe("not_signed");
  });
});

describe("a plain call", () => {
  it("is JSON, and so is its answer", async () => {
    wire.behaviour = (_, response) => sendJson(response, { HelloResponse: { Status: 201, ServiceKey: SERVICE.jwk } });
    expect(await plain()).toMatchObject({ Status: 201, ServiceKey: { kty: "EC" } });
    expect(wire.arrived[0]).toMatchObject({ body: '{"HelloRequest":{}}' });
    expect(wire.arrived[0]?.headers["content-type"]).toBe("application/json");
  });

  it.each([
    ["no JSON", "<html>"],
    ["nothing", ""],
    ["an answer to another transaction", { StatusResponse: { Status: 201 } }],
    ["no status", { HelloResponse: {} }],
    ["a member twice", '{"HelloResponse":{"Status":201,"Status":500}}'],
    ["a forbidden name", '{"HelloResponse":{"Status":201,"__proto__":{}}}'],
    ["a private key for the service key", { HelloResponse: { Status: 201, ServiceKey: { ...SERVICE.jwk, d: "AA" } } }],
  ])("is not answered by %s", async (_, body) => {
    wire.behaviour = (__, response) => sendJson(response, body);
    expect((await failure(plain())).code).toBe("malformed");
  });
});

describe("a body without end", () => {
  const filler = Buffer.alloc(64 * 1024, " ");
  /** Writes until the other side hangs up, and counts. */
  function endless(response: ServerResponse, written: { bytes: number }): void {
    response.writeHead(200, { "content-type": "application/json" });
    const more = (): void => {
      if (response.destroyed) return;
      written.bytes += filler.length;
      response.write(filler, () => setImmediate(more));
    };
    more();
  }

  it("is read no further than its bound", async () => {
    const written = { bytes: 0 };
    let hungUp = false;
    wire.behaviour = (_, response) => {
      response.on("close", () => {
        hungUp = true;
      });
      endless(response, written);
    };
    const error = await failure(plain({ timeoutMs: 15_000 }));
    expect(error.code).toBe("malformed");
    await expect.poll(() => hungUp).toBe(true);
    // Some of it is still in the buffers of both ends.
    expect(written.bytes).toBeLessThan(LIMITS.answerBytes * 4);
  });

  it("is refused when it says how large it is", async () => {
    wire.behaviour = (_, response) => sendJson(response, `"${"a".repeat(LIMITS.answerBytes + 1)}"`);
    expect((await failure(plain())).code).toBe("malformed");
  });

  it("is measured unpacked, so that a small packed one is no way around", async () => {
    wire.behaviour = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(Buffer.alloc(LIMITS.answerBytes * 20, " ")));
    };
    expect((await failure(plain())).code).toBe("malformed");
  });

  it("that comes a byte at a time is given up at the time limit", async () => {
    wire.behaviour = (_, response) => {
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    };
    const before = performance.now();
    expect((await failure(plain({ timeoutMs: 300 }))).code).toBe("timeout");
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it("of exactly the bound is read", async () => {
    const body = '{"HelloResponse":{"Status":201}}';
    wire.behaviour = (_, response) => sendJson(response, body.padEnd(LIMITS.answerBytes, " "));
    expect(await plain()).toEqual({ Status: 201 });
  });
});

describe("a line that fails", () => {
  it("because nothing listens there is unreachable", async () => {
    await wire.close();
    expect((await failure(signed())).code).toBe("unreachable");
  });

  it("because the connection breaks, before or in the answer, is unreachable", async () => {
    wire.behaviour = (_, response) => {
      response.destroy();
    };
    expect((await failure(signed())).code).toBe("unreachable");
    wire.behaviour = (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    };
    expect((await failure(signed())).code).toBe("unreachable");
  });

  it("because nobody answers is a timeout", async () => {
    expect((await failure(signed({ timeoutMs: 200 }))).code).toBe("timeout");
  });

  it("because the caller gave up is aborted, before or during the call", async () => {
    expect((await failure(signed({ signal: AbortSignal.abort() }))).code).toBe("aborted");
    expect(wire.arrived).toHaveLength(0);
    const giveUp = new AbortController();
    wire.behaviour = () => giveUp.abort();
    expect((await failure(signed({ signal: giveUp.signal }))).code).toBe("aborted");
    wire.behaviour = (_, response) => {
      response.writeHead(200);
      response.write("{", () => later.abort());
    };
    const later = new AbortController();
    expect((await failure(signed({ signal: later.signal }))).code).toBe("aborted");
  });

  it.each([301, 302, 303, 307, 308])("because it redirects (%i) is not followed", async (status) => {
    const elsewhere = await openWire((_, response) => sendJson(response, { HelloResponse: { Status: 201 } }));
    wire.behaviour = (_, response) => {
      response.writeHead(status, { location: elsewhere.endpoint });
      response.end();
    };
    expect((await failure(signed())).code).toBe("unreachable");
    expect((await failure(plain())).code).toBe("unreachable");
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });

  it.each([303, 307])("that names a new address (Status %i) is not followed, signed or not", async (Status) => {
    const elsewhere = await openWire((_, response) => sendJson(response, { HelloResponse: { Status: 201 } }));
    // -00 §3.2.3: the StatusDescription of a redirect is the new address, and not to be trusted.
    const moved = { Status, StatusDescription: elsewhere.endpoint };
    wire.behaviour = (_, response) => sendJson(response, { ConfirmResponse: moved });
    expect((await failure(signed())).code).toBe("not_signed");
    expect(await plain()).toEqual(moved);
    wire.behaviour = answering(SERVICE, { StatusResponse: moved });
    expect(await signed()).toEqual(moved);
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });

  it("because it is not HTTP is unreachable", async () => {
    wire.server.prependListener("connection", (socket) => {
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    });
    expect((await failure(plain())).code).toBe("unreachable");
    // The server itself is still sound.
    expect(connect({ port: Number(new URL(wire.endpoint).port), host: "127.0.0.1" }).destroy()).toBeDefined();
  });

  it("says in its sentence which address it was", async () => {
    await wire.close();
    expect((await failure(plain())).message).toContain(wire.endpoint);
  });
});
