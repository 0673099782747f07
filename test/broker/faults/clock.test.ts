/** The broker's clock jumps, a day ahead or back: nothing is lost, nothing comes back, no call counts twice, and nothing runs hot. */
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TokenBuckets } from "../../../src/broker/policy/token-buckets.ts";
import { type SigningKey, signResponse } from "../../../src/crypto/index.ts";
import type { Jws } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../../support/broker.ts";
import { DAY, fakeClock, type FakeClock, HOUR, MINUTE, SECOND } from "../../support/fake-clock.ts";
import type { Message } from "../../support/http.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

let clock: FakeClock;
/** How often the broker looked at its clock. */
let looks: number;
let broker: TestBroker;
let alice: TestDevice;
let bank: SigningKey;
beforeEach(async () => {
  clock = fakeClock();
  looks = 0;
  const read = (): number => {
    looks += 1;
    return clock.read();
  };
  broker = await startTestBroker({ clock: read, domains: ["example.com"] });
  [alice, bank] = [await broker.connect(ALICE), await newKey()];
});
afterEach(() => broker.stop());

interface Posted {
  readonly request: Jws;
  readonly BrokerID: string;
}

async function post(): Promise<Posted> {
  const created = clock.read();
  const request = await signedRequest(bank, { created, expire: created + HOUR });
  const told = await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  expect([told.status, told.sentence]).toEqual([201, ""]);
  return { request, BrokerID: told.body["BrokerID"] as string };
}
async function answer({ request, BrokerID }: Posted): Promise<{ readonly told: Message; readonly signed: Jws }> {
  const signed = await signResponse(alice.key, { signedRequest: request, value: true, created: clock.read() });
  const entry = { BrokerID, RequestStatus: "REPLY", Response: signed };
  return { told: await broker.plain({ RespondRequest: { Response: entry } }), signed };
}
const status = async (BrokerID: string, more: object = {}): Promise<unknown> =>
  (await broker.plain({ StatusRequest: { BrokerID, ...more } })).body["Response"];
const pending = (): Promise<Message> => broker.signed(alice.key, { PendingRequest: { Responder: ALICE } });
/** What the broker does by itself every second, now. */
async function sweep(): Promise<void> {
  await broker.store.expireDue(clock.read(), 100);
  await broker.store.forget(clock.read());
}

describe("a clock that jumps a day ahead and back", () => {
  it("loses no answer, and brings nothing back that had expired", async () => {
    const answered = await post();
    const { signed } = await answer(answered);
    const waiting = await post();
    clock.pass(DAY);
    await sweep();
    expect(await status(waiting.BrokerID)).toMatchObject({ RequestStatus: "EXPIRED" });
    expect((await pending()).body["Entries"]).toEqual([]);
    clock.pass(-DAY + MINUTE);
    expect(await status(waiting.BrokerID)).toMatchObject({ RequestStatus: "EXPIRED" });
    expect((await answer(waiting)).told.status).toBe(410);
    expect((await pending()).body["Entries"]).toEqual([]);
    expect(await status(answered.BrokerID)).toMatchObject({ RequestStatus: "REPLY", Response: signed });
    const next = await post();
    expect((await pending()).body["Entries"]).toMatchObject([{ BrokerID: next.BrokerID }]);
    expect((await answer(next)).told.status).toBe(201);
  });

  it("takes no call twice, though it had forgotten it, and takes new ones", async () => {
    const call = await broker.caller.seal(alice.key, { PendingRequest: { Responder: ALICE } });
    expect((await broker.caller.send(call)).status).toBe(201);
    clock.pass(DAY);
    await sweep();
    clock.pass(-DAY + 2 * SECOND);
    expect((await broker.caller.send(call)).status).toBe(401);
    expect((await pending()).status).toBe(201);
  });

  it("ends a call that waits, with what is so by then", async () => {
    const { BrokerID } = await post();
    const waiting = status(BrokerID, { Wait: 2 });
    clock.pass(DAY);
    expect(await waiting).toMatchObject({ RequestStatus: "EXPIRED" });
    clock.pass(-DAY);
    expect(await status(BrokerID, { Wait: 1 })).toMatchObject({ RequestStatus: "EXPIRED" });
  });
});

it("a clock that is a day behind keeps what waits, and answers to it count", async () => {
  const waiting = await post();
  clock.pass(-DAY);
  await sweep();
  expect(await status(waiting.BrokerID)).toMatchObject({ RequestStatus: "PENDING" });
  expect((await pending()).body["Entries"]).toMatchObject([{ BrokerID: waiting.BrokerID }]);
  expect((await answer(waiting)).told.status).toBe(201);
});

it("no timer runs hot after a jump, in either direction", async () => {
  await post();
  for (const jump of [DAY, -2 * DAY]) {
    clock.pass(jump);
    looks = 0;
    await delay(2500);
    // A sweep a second, and a line of the log where something expired.
    expect(looks).toBeLessThan(20);
  }
});

it("limits hold after a jump, and hold nobody up for the day", () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, clock.read);
  for (const jump of [-DAY, DAY, -DAY]) {
    clock.pass(jump);
    const taken = [1, 2, 3, 4].map(() => buckets.take("a") === 0);
    expect(taken[3]).toBe(false);
    clock.pass(2 * SECOND);
    expect(buckets.take("a")).toBe(0);
  }
});
