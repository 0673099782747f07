/** Status: long polls, cancellation, expiry, and which of them wins. */
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { signResponse } from "../../../src/crypto/index.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../../src/protocol/index.ts";
import { sendHttp, startTestBroker, type TestBroker, type TestDevice } from "../../support/broker.ts";
import { fakeClock, MINUTE } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

let clock = fakeClock();
let broker: TestBroker;
let alice: TestDevice;
let bank: SigningKey;
let request: Jws;
let BrokerID: unknown;
beforeEach(async () => {
  clock = fakeClock();
  broker = await startTestBroker({ clock: clock.read, policy: { ...DEFAULT_POLICY, limits: undefined } });
  [alice, bank] = await Promise.all([broker.connect(ALICE), newKey()]);
  request = await signedRequest(bank);
  BrokerID = (await broker.plain(enquire(request))).body["BrokerID"];
});
afterEach(() => broker.stop());

const enquire = (Request: Jws) => ({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
const stateOf = (message: { body: JsonObject }) => (message.body["Response"] as JsonObject)["RequestStatus"];
const status = (more: object = {}) => broker.plain({ StatusRequest: { BrokerID, ...more } });
const answer = async (value = true) => {
  const Response = await signResponse(alice.key, { signedRequest: request, value, created: clock.read() });
  return broker.plain({ RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } } });
};
const soon = () => delay(100);

describe("waiting", () => {
  it("ends at once when the answer comes", async () => {
    const started = performance.now();
    const waiting = status({ Wait: 30 });
    await soon();
    await answer();
    expect(stateOf(await waiting)).toBe("REPLY");
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("ends when its time is over, with PENDING", async () => {
    const started = performance.now();
    expect(stateOf(await status({ Wait: 1 }))).toBe("PENDING");
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it("ends when the request is cancelled, expires, or its account is removed by another process", async () => {
    const cancelled = status({ Wait: 30 });
    await soon();
    await status({ Cancel: true });
    expect(stateOf(await cancelled)).toBe("ECANCEL");

    const post = async () =>
      (await broker.plain(enquire(await signedRequest(bank, { created: clock.read() })))).body["BrokerID"];
    BrokerID = await post();
    const expired = status({ Wait: 30 });
    await soon();
    clock.pass(5 * MINUTE);
    expect(stateOf(await expired)).toBe("EXPIRED");

    BrokerID = await post();
    const removed = status({ Wait: 30 });
    await soon();
    await broker.store.removeAccount(ALICE, clock.read());
    expect(stateOf(await removed)).toBe("BCANCEL");
  });

  it("of many at once is ended by one answer", async () => {
    const waiting = Array.from({ length: 50 }, () => status({ Wait: 30 }));
    await soon();
    await answer();
    expect(new Set((await Promise.all(waiting)).map(stateOf))).toEqual(new Set(["REPLY"]));
  });

  it("does not hold the broker when it stops", async () => {
    const waiting = status({ Wait: 60 });
    await soon();
    const started = performance.now();
    await broker.running.close();
    expect(stateOf(await waiting)).toBe("PENDING");
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe("the end of a request", () => {
  it("is the answer, if one came before its time passed", async () => {
    await answer();
    clock.pass(10 * MINUTE);
    expect(stateOf(await status())).toBe("REPLY");
    expect(stateOf(await status({ Cancel: true }))).toBe("REPLY");
  });

  it("is EXPIRED and not ECANCEL where the cancellation comes too late", async () => {
    clock.pass(5 * MINUTE);
    expect(stateOf(await status({ Cancel: true }))).toBe("EXPIRED");
  });

  it("is told the moment its time has passed, and no answer is taken after that", async () => {
    clock.pass(5 * MINUTE);
    expect(stateOf(await status())).toBe("EXPIRED");
    clock.pass(-1 * MINUTE);
    expect((await answer()).status).toBe(410);
  });

  it("is one of answer and cancellation, whichever is first, and everybody is told the same", async () => {
    for (let round = 0; round < 10; round++) {
      request = await signedRequest(bank);
      BrokerID = (await broker.plain(enquire(request))).body["BrokerID"];
      const [answered, cancelled] = await Promise.all([answer(), status({ Cancel: true })]);
      const state = stateOf(await status());
      expect(state).toBe(stateOf(cancelled));
      expect(answered.status).toBe(state === "REPLY" ? 201 : 410);
    }
  });

  it("is one of two different answers that come at once", async () => {
    const [yes, no] = await Promise.all([answer(true), answer(false)]);
    expect([yes.status, no.status].sort()).toEqual([201, 409]);
  });
});

describe("cancelling", () => {
  it("takes the key that posted, where the request was posted authenticated", async () => {
    BrokerID = (await broker.signed(bank, enquire(await signedRequest(bank)))).body["BrokerID"];
    const done = await broker.signed(bank, { StatusRequest: { BrokerID, Cancel: true } });
    expect(stateOf(done)).toBe("ECANCEL");
  });

  it("says the same when it is repeated", async () => {
    expect(stateOf(await status({ Cancel: true }))).toBe("ECANCEL");
    expect(stateOf(await status({ Cancel: true }))).toBe("ECANCEL");
  });
});

it("a caller that goes away while it waits leaves nothing behind", async () => {
  const body = JSON.stringify({ StatusRequest: { BrokerID, Wait: 60 } });
  const controller = new AbortController();
  const waiting = fetch(broker.endpoint, { method: "POST", body, signal: controller.signal });
  await soon();
  controller.abort();
  await expect(waiting).rejects.toThrow();
  await answer();
  expect((await sendHttp(broker.endpoint, { body: '{"HelloRequest":{}}' })).status).toBe(200);
  expect(broker.log().filter(({ event }) => event === "defect")).toEqual([]);
});
