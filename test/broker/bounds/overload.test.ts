/** More than a real broker can do: what it takes on it answers as quickly as it can, the rest it refuses, and then it is over. */
import { Agent, request } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openStore } from "../../../src/broker/index.ts";
import { BOUNDS } from "../../../src/broker/bounds/bounds.ts";
import { importPublicKey } from "../../../src/crypto/index.ts";
import { isJsonObject, type JsonObject, scanJson } from "../../../src/protocol/index.ts";
import { type BrokerProcess, startBrokerProcess } from "../../support/broker-process.ts";
import { callerOf, connectMessage } from "../../support/caller.ts";
import { messageOf, sendHttp } from "../../support/broker.ts";
import { type RawSocket, rawSocket } from "../../support/raw-socket.ts";
import { ALICE, newKey, profileOf, signedRequest } from "../../support/signing.ts";

const HELLO = '{"HelloRequest":{}}';
const CODE = "ABCD-EFGH-JKMN-PQRS".replaceAll("-", "");

let broker: BrokerProcess;
afterEach(() => broker.stop());

interface Answered {
  readonly status: number;
  readonly wait: string | undefined;
  readonly body: JsonObject;
}

/** Posts over a connection that is kept. */
function post(agent: Agent, body: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { "content-length": Buffer.byteLength(body) };
    const sent = request(broker.endpoint, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        const json = scanJson(text, 1 << 20);
        const { statusCode = 0, headers: got } = response;
        if (!isJsonObject(json)) throw new Error(text);
        resolve({ status: statusCode, wait: got["retry-after"], body: json });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** So many callers, each with a connection of its own, one call after the other until the time is over. */
async function load(callers: number, ms: number, bodies: readonly string[]): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const until = performance.now() + ms;
  const answers: Answered[] = [];
  const caller = async (body: string): Promise<void> => {
    while (performance.now() < until) answers.push(await post(agent, body));
  };
  await Promise.all(Array.from({ length: callers }, (_, index) => caller(bodies[index % bodies.length] ?? HELLO)));
  agent.destroy();
  return answers;
}

const of = (answers: readonly Answered[], status: number) => answers.filter((answer) => answer.status === status);

/** A device of Alice, and requests to her that were posted and can be posted again: each time they are read, verified and looked up. */
async function prepare(count: number) {
  const store = await openStore(broker.data);
  const key = await newKey();
  const now = Date.now();
  await store.addAccount(ALICE, now);
  await store.addCode({ account: ALICE, code: CODE, now, expires: now + 60_000 });
  await store.close();
  const hello = messageOf((await sendHttp(broker.endpoint, { body: HELLO })).json);
  const service = await importPublicKey(hello.body["ServiceKey"] as { kty: string });
  const device = callerOf({ endpoint: broker.endpoint, service });
  await device.signed(key, await connectMessage(ALICE, key.kid, await profileOf(key, ALICE), CODE));
  const bank = await newKey();
  const bodies = await Promise.all(
    Array.from({ length: count }, async () => {
      const Request = await signedRequest(bank, { created: now });
      return JSON.stringify({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
    }),
  );
  return { bodies, pending: () => device.signed(key, { PendingRequest: { Responder: ALICE, MaxResponse: 1 } }) };
}

describe("a flood of requests by three times as many callers as are worked for at once", () => {
  it("gets answers or 503, devices get theirs, memory stays, and after it everybody is answered as before", async () => {
    broker = await startBrokerProcess({ policy: { limits: false } });
    const { bodies, pending } = await prepare(32);
    const before = await load(16, 500, bodies);
    const memory = broker.megabytes();

    const flood = load(BOUNDS.newcomers * 3, 2000, bodies);
    const devices: number[] = [];
    for (let count = 0; count < 5; count++) devices.push((await pending()).status);
    const during = await flood;
    const [served, refused] = [of(during, 200), of(during, 503)];
    expect(of(before, 200)).toHaveLength(before.length);
    expect(served.length + refused.length).toBe(during.length);
    expect(served.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body } of served) expect(body).toMatchObject({ EnquireResponse: { Status: 201 } });
    for (const { body, wait } of refused) {
      expect(body).toMatchObject({ ConfirmResponse: { Status: 503, RetryAfter: Number(wait) } });
      expect(Number(wait)).toBeGreaterThanOrEqual(1);
    }
    expect(devices).toEqual([201, 201, 201, 201, 201]);
    expect(broker.megabytes() - memory).toBeLessThan(300);

    const after = await load(16, 500, bodies);
    expect(of(after, 200)).toHaveLength(after.length);
    expect(
      broker
        .log()
        .filter(({ event }) => event === "shortage")
        .map(({ of: what }) => what),
    ).toEqual(["calls"]);
  });
});

describe("half-open sockets up to the limit of the process's files", () => {
  it("are closed for those that call, and the broker says so and goes on", async () => {
    broker = await startBrokerProcess({ files: 200 });
    const sockets: RawSocket[] = [];
    for (let count = 0; count < 300; count++) sockets.push(await rawSocket(broker.port));
    for (let count = 0; count < 5; count++) {
      expect((await sendHttp(broker.endpoint, { body: HELLO })).status).toBe(200);
    }
    await vi.waitFor(
      () =>
        expect(broker.log().flatMap(({ event, of: what }) => (event === "shortage" ? [what] : []))).toEqual([
          "sockets",
        ]),
      5000,
    );
    for (const { socket } of sockets) socket.destroy();
    expect((await sendHttp(broker.endpoint, { body: HELLO })).status).toBe(200);
    expect(broker.log().filter(({ event }) => event === "defect")).toEqual([]);
  });
});
