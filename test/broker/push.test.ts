/** The push channel: who may subscribe, what it brings, and how it ends. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import { openAnswer, sealCall, signResponse, signRevocation, type SigningKey } from "../../src/crypto/index.ts";
import { type JsonObject, type Jws, pushEndpoint } from "../../src/protocol/index.ts";
import { messageOf, startTestBroker, type TestBroker, type TestDevice } from "../support/broker.ts";
import { ALICE, newKey, signedRequest } from "../support/signing.ts";

let broker: TestBroker;
let alice: TestDevice;
let bank: SigningKey;
beforeAll(async () => {
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  broker = await startTestBroker({ policy });
  [alice, bank] = await Promise.all([broker.connect(ALICE), newKey()]);
});
afterAll(() => broker.stop());

interface Channel {
  readonly socket: WebSocket;
  /** The next frame's text. */
  readonly next: () => Promise<string>;
  readonly nextJson: () => Promise<JsonObject>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

async function open(url = pushEndpoint(broker.endpoint), headers: Record<string, string> = {}): Promise<Channel> {
  const socket = new WebSocket(url, ["mesh-confirm"], { headers });
  const frames: string[] = [];
  const wanted: ((text: string) => void)[] = [];
  socket.on("message", (data: Buffer) => {
    const text = data.toString();
    const want = wanted.shift();
    if (want === undefined) frames.push(text);
    else want(text);
  });
  const next = () =>
    new Promise<string>((resolve) => {
      const frame = frames.shift();
      if (frame === undefined) wanted.push(resolve);
      else resolve(frame);
    });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return { socket, next, closed, nextJson: async () => JSON.parse(await next()) as JsonObject };
}

async function subscribe(key: SigningKey, more: object = {}, url = pushEndpoint(broker.endpoint)) {
  const channel = await open();
  const message = JSON.stringify({ SubscribeRequest: { Responder: ALICE, ...more } });
  const call = await sealCall(key, { url, message, now: Date.now() });
  channel.socket.send(call.body);
  const { payload } = await openAnswer(await channel.next(), { req: call.req, service: broker.service });
  const answer = messageOf(JSON.parse(Buffer.from(payload).toString()) as JsonObject);
  return { ...channel, answer, call };
}

async function post(): Promise<{ readonly request: Jws; readonly BrokerID: string }> {
  const request = await signedRequest(bank, { created: Date.now() });
  const answer = await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  return { request, BrokerID: answer.body["BrokerID"] as string };
}
const cancel = (BrokerID: string) => broker.plain({ StatusRequest: { BrokerID, Cancel: true } });

describe("a subscribed device", () => {
  it("gets what is pending, what comes, and what goes", async () => {
    const before = await post();
    const channel = await subscribe(alice.key);
    expect(channel.answer).toMatchObject({ tag: "SubscribeResponse", status: 201 });
    expect(await channel.nextJson()).toMatchObject({ Pending: { BrokerID: before.BrokerID, Request: before.request } });
    const after = await post();
    expect(await channel.nextJson()).toMatchObject({ Pending: { BrokerID: after.BrokerID, ResponderAccount: ALICE } });
    await cancel(before.BrokerID);
    expect(await channel.nextJson()).toEqual({ Withdrawn: { BrokerID: before.BrokerID, RequestStatus: "ECANCEL" } });
    const Response = await signResponse(alice.key, { signedRequest: after.request, value: true, created: Date.now() });
    await broker.plain({
      RespondRequest: { Response: { BrokerID: after.BrokerID, RequestStatus: "REPLY", Response } },
    });
    expect(await channel.nextJson()).toEqual({ Withdrawn: { BrokerID: after.BrokerID, RequestStatus: "REPLY" } });
    channel.socket.close();
  });

  it("gets only what came after the place that it names", async () => {
    const [one, two] = [await post(), await post()];
    const channel = await subscribe(alice.key, { AfterId: one.BrokerID });
    expect(await channel.nextJson()).toMatchObject({ Pending: { BrokerID: two.BrokerID } });
    channel.socket.close();
    await cancel(one.BrokerID);
    await cancel(two.BrokerID);
  });

  it("gets more than one page of what is pending, each once", async () => {
    const posted = [];
    for (let count = 0; count < 120; count++) posted.push((await post()).BrokerID);
    const channel = await subscribe(alice.key);
    const brought = [];
    for (let count = 0; count < 120; count++) {
      const { Pending } = (await channel.nextJson()) as { Pending: { BrokerID: string } };
      brought.push(Pending.BrokerID);
    }
    expect(brought).toEqual(posted);
    await Promise.all(posted.map(cancel));
    channel.socket.close();
  });

  it("gets pong for ping, and is sent away for anything else", async () => {
    const channel = await subscribe(alice.key);
    channel.socket.send("ping");
    expect(await channel.next()).toBe("pong");
    channel.socket.send('{"HelloRequest":{}}');
    expect((await channel.closed).code).toBe(1008);
  });

  it("shares the news with the account's other channels", async () => {
    const channels = await Promise.all([subscribe(alice.key), subscribe(alice.key)]);
    const { BrokerID } = await post();
    for (const channel of channels) expect(await channel.nextJson()).toMatchObject({ Pending: { BrokerID } });
    await cancel(BrokerID);
    for (const channel of channels) channel.socket.close();
  });
});

describe("who may not", () => {
  it("gets a sealed refusal and is closed: a stranger, a replay, a call for HTTP, another message", async () => {
    const stranger = await subscribe(await newKey());
    expect(stranger.answer.status).toBe(403);
    expect((await stranger.closed).code).toBe(1008);

    const first = await subscribe(alice.key);
    const replay = await open();
    replay.socket.send(first.call.body);
    const { payload } = await openAnswer(await replay.next(), { req: first.call.req, service: broker.service });
    expect(messageOf(JSON.parse(Buffer.from(payload).toString()) as JsonObject).status).toBe(401);
    first.socket.close();

    expect((await subscribe(alice.key, {}, broker.endpoint)).answer.status).toBe(401);
    expect((await subscribe(alice.key, { AfterId: "AAAAA-AAAAA" })).answer.status).toBe(404);
  });

  it("gets a plain refusal for what cannot be read", async () => {
    const channel = await open();
    channel.socket.send('{"SubscribeRequest":{"Responder":"alice@example.com"}}');
    expect(await channel.nextJson()).toMatchObject({ ConfirmResponse: { Status: 400 } });
    expect((await channel.closed).code).toBe(1008);
  });

  it("does not open it: a web page, another host, another path, another subprotocol", async () => {
    const url = pushEndpoint(broker.endpoint);
    await expect(open(url, { origin: "https://evil.example" })).rejects.toThrow("403");
    await expect(open(url, { origin: "null" })).rejects.toThrow("403");
    await expect(open(url, { host: "evil.example" })).rejects.toThrow("403");
    await expect(open(`${url}/more`)).rejects.toThrow("404");
    const socket = new WebSocket(url);
    const failed = new Promise<Error>((resolve) => {
      socket.once("error", resolve);
    });
    expect((await failed).message).toContain("400");
  });

  it("opens it from an extension", async () => {
    const channel = await open(pushEndpoint(broker.endpoint), { origin: "moz-extension://5e7d9c0a-0000" });
    channel.socket.close();
    await channel.closed;
  });

  it("is closed when nothing comes within five seconds", { timeout: 15_000 }, async () => {
    const channel = await open();
    expect(await channel.closed).toMatchObject({ code: 1008, reason: expect.stringContaining("5 seconds") as string });
  });

  it("is cut off for a frame that is longer than a message", async () => {
    const channel = await open();
    channel.socket.on("error", () => undefined);
    channel.socket.send("x".repeat(65 * 1024));
    expect((await channel.closed).code).toBe(1009);
  });
});

describe("changes by another process", () => {
  it("close the channel of a device that is gone, after it said what was withdrawn by the removal", async () => {
    const account = "carol@example.com";
    const carol = await broker.connect(account);
    const channel = await open();
    const message = JSON.stringify({ SubscribeRequest: { Responder: account } });
    channel.socket.send(
      (await sealCall(carol.key, { url: pushEndpoint(broker.endpoint), message, now: Date.now() })).body,
    );
    await channel.next();
    await broker.store.removeAccount(account, Date.now());
    expect((await channel.closed).code).toBe(1008);
  });

  it("reach the channel: a request that another process withdrew", async () => {
    const { BrokerID } = await post();
    const channel = await subscribe(alice.key);
    await channel.next();
    const request = await broker.store.request(BrokerID);
    await broker.store.cancel(request?.sequence ?? -1, Date.now());
    expect(await channel.nextJson()).toEqual({ Withdrawn: { BrokerID, RequestStatus: "ECANCEL" } });
    channel.socket.close();
  });
});

it("a device that revoked itself loses its channel at once, after what was withdrawn with it", async () => {
  const account = "leaving@example.com";
  const { key } = await broker.connect(account);
  const channel = await subscribe(key, { Responder: account });
  const request = await signedRequest(bank, { toId: account, created: Date.now() });
  await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: account } } });
  expect(Object.keys(await channel.nextJson())).toEqual(["Pending"]);
  const Revoke = await signRevocation(key, { account, kid: key.kid, created: Date.now() });
  const { status } = await broker.signed(key, { DevicesRequest: { Responder: account, Revoke } });
  expect(status).toBe(202);
  expect(await channel.nextJson()).toMatchObject({ Withdrawn: { RequestStatus: "BCANCEL" } });
  expect(await channel.closed).toEqual({ code: 1008, reason: "This device is not active any more." });
  expect((await subscribe(key, { Responder: account })).answer.status).toBe(403);
});

it("a broker that stops says so to its channels", async () => {
  const other = await startTestBroker();
  const channel = await open(pushEndpoint(other.endpoint));
  const stopped = other.stop();
  expect((await channel.closed).code).toBe(1001);
  await stopped;
});
