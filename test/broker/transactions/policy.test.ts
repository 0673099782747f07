/** An account's own policy through the broker: whom it blocks, whom alone it allows, and who must wait. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { type SigningKey, signResponse } from "../../../src/crypto/index.ts";
import type { JsonObject } from "../../../src/protocol/index.ts";
import {
  type Message,
  startTestBroker,
  type TestBroker,
  type TestBrokerOptions,
  type TestDevice,
} from "../../support/broker.ts";
import { fakeClock, type FakeClock, MINUTE, SECOND } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

const BOB = "bob@example.com";

let folder: string;
let clock: FakeClock;
let broker: TestBroker;
let alice: TestDevice;
let bank: SigningKey;

const start = (more: TestBrokerOptions = {}): Promise<TestBroker> =>
  startTestBroker({ folder, clock: clock.read, domains: ["example.com"], ...more });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-policy-"));
  clock = fakeClock();
  broker = await start();
  [alice, bank] = await Promise.all([broker.connect(ALICE), newKey()]);
});
afterEach(async () => {
  await broker.stop();
  await rm(folder, { recursive: true });
});

const setPolicy = (Set: object, device = alice): Promise<Message> =>
  broker.signed(device.key, { PolicyRequest: { Responder: ALICE, Set } });
const policyNow = async (device = alice): Promise<unknown> =>
  (await broker.signed(device.key, { PolicyRequest: { Responder: ALICE } })).body["Policy"];

async function ask(key = bank, more: { fromId?: string; toId?: string } = {}): Promise<Message> {
  const request = await signedRequest(key, { created: clock.read(), ...more });
  return broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: more.toId ?? ALICE } } });
}

/** Asks and rejects. */
async function rejectOne(key = bank): Promise<void> {
  const request = await signedRequest(key, { created: clock.read() });
  const posted = await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  expect(posted.status).toBe(201);
  const Response = await signResponse(alice.key, { signedRequest: request, value: false, created: clock.read() });
  const BrokerID = posted.body["BrokerID"];
  const answer = { RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } } };
  for (const _ of [1, 2]) expect((await broker.plain(answer)).status).toBe(201);
}

describe("Policy", () => {
  it("is empty at first, and is that of all devices of the account", async () => {
    const empty = { Account: ALICE, Block: [], Allow: [], AllowOnly: false, CoolDowns: [] };
    expect(await policyNow()).toEqual(empty);
    const set = await setPolicy({ Block: ["Eve@EXAMPLE.net", bank.kid, "Example.ORG", "example.org"] });
    expect(set).toMatchObject({ tag: "PolicyResponse", status: 202 });
    const after = { ...empty, Block: ["Eve@example.net", bank.kid, "example.org"] };
    expect(set.body["Policy"]).toEqual(after);
    expect(await policyNow()).toEqual(after);
  });

  it("changes only what is given", async () => {
    await setPolicy({ Block: ["example.net"], Allow: ["example.org"], AllowOnly: true });
    await setPolicy({ Block: [] });
    expect(await policyNow()).toMatchObject({ Block: [], Allow: ["example.org"], AllowOnly: true });
  });

  it("is for active devices of the account alone", async () => {
    const bob = await broker.connect(BOB);
    const second = await broker.connect(ALICE);
    expect((await broker.plain({ PolicyRequest: { Responder: ALICE } })).status).toBe(401);
    expect((await setPolicy({ Block: ["example.net"] }, bob)).status).toBe(403);
    expect((await setPolicy({ Block: ["example.net"] }, second)).status).toBe(403);
    expect((await broker.signed(bank, { PolicyRequest: { Responder: ALICE } })).status).toBe(403);
    expect(await policyNow()).toMatchObject({ Block: [] });
  });

  it.each<[string, object]>([
    ["an entry that is nothing", { Block: ["not a name"] }],
    ["an entry that is no text", { Block: [7] }],
    ["a domain that is not ASCII", { Allow: ["exämple.org"] }],
    ["a Kelvin sign for a k", { Block: ["ban\u212a.example"] }],
    ["more than a hundred entries", { Block: Array.from({ length: 101 }, (_, index) => `a${index}.example`) }],
    ["a yes that is no boolean", { AllowOnly: "yes" }],
  ])("refuses %s with 400, and changes nothing", async (_, set) => {
    const before = broker.dump();
    expect((await setPolicy(set)).status).toBe(400);
    expect(broker.dump()).toBe(before);
  });
});

describe("a blocked sender", () => {
  it.each<[string, (kid: string) => string]>([
    ["key", (kid) => kid],
    ["name, though it only claims that", () => "payments@ethel.example"],
    ["domain, though it only claims that", () => "ethel.example"],
  ])("by its %s is refused with 403, and asks other accounts as before", async (_, entry) => {
    await broker.connect(BOB);
    await setPolicy({ Block: [entry(bank.kid)] });
    expect(await ask()).toMatchObject({
      status: 403,
      sentence: "The account does not take requests from this sender.",
    });
    expect((await ask(bank, { toId: BOB })).status).toBe(201);
  });

  it("is not one whose domain lies below the blocked one, or whose name only begins alike", async () => {
    await setPolicy({ Block: ["ethel.example", "payments@ethel"] });
    expect((await ask(bank, { fromId: "payments@shop.ethel.example" })).status).toBe(201);
  });

  it("is blocked also where it is allowed", async () => {
    await setPolicy({ Block: [bank.kid], Allow: [bank.kid, "ethel.example"], AllowOnly: true });
    expect((await ask()).status).toBe(403);
  });

  it("learns the BrokerID of what was taken before it was blocked", async () => {
    const request = await signedRequest(bank, { created: clock.read() });
    const message = { EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } };
    const { body } = await broker.plain(message);
    await setPolicy({ Block: [bank.kid] });
    expect((await broker.plain(message)).body["BrokerID"]).toBe(body["BrokerID"]);
  });
});

describe("where only allowed senders may ask", () => {
  it("a key that is allowed may, and no other", async () => {
    await setPolicy({ Allow: [bank.kid], AllowOnly: true });
    expect((await ask()).status).toBe(201);
    expect((await ask(await newKey())).status).toBe(403);
  });

  it("a name counts for a key that is bound to it, and not for one that claims it", async () => {
    const bob = await broker.connect(BOB);
    await setPolicy({ Allow: [BOB, "payments@ethel.example", "ethel.example"], AllowOnly: true });
    expect((await ask(bob.key, { fromId: BOB })).status).toBe(201);
    expect((await ask()).status).toBe(403);
  });

  it("a domain counts for the accounts of this broker in it", async () => {
    const bob = await broker.connect(BOB);
    await setPolicy({ Allow: ["example.com"], AllowOnly: true });
    expect((await ask(bob.key, { fromId: BOB })).status).toBe(201);
  });

  it("nobody may where nobody is allowed, and everybody again when that is over", async () => {
    await setPolicy({ AllowOnly: true });
    expect((await ask()).status).toBe(403);
    await setPolicy({ AllowOnly: false });
    expect((await ask()).status).toBe(201);
  });
});

describe("after three rejections within ten minutes", () => {
  async function rejectThree(): Promise<void> {
    for (let count = 0; count < 3; count++) {
      await rejectOne();
      clock.pass(SECOND);
    }
  }

  it("the key has to wait ten minutes at that account, also when the broker starts again", async () => {
    await broker.connect(BOB);
    await rejectThree();
    const refused = await ask();
    expect(refused).toMatchObject({ status: 429 });
    expect(refused.body["RetryAfter"]).toBe(599);
    expect((await ask(bank, { toId: BOB })).status).toBe(201);
    expect((await ask(await newKey())).status).toBe(201);
    await broker.stop();
    broker = await start();
    clock.pass(9 * MINUTE);
    expect((await ask()).status).toBe(429);
    clock.pass(MINUTE);
    expect((await ask()).status).toBe(201);
  });

  it("the user sees who waits, and can lift it", async () => {
    await rejectThree();
    const { CoolDowns } = (await policyNow()) as JsonObject;
    expect(CoolDowns).toEqual([{ Kid: bank.kid, Until: "2030-03-01T12:10:02Z" }]);
    const lifted = await setPolicy({ Lift: [bank.kid] });
    expect(lifted.body["Policy"]).toMatchObject({ CoolDowns: [] });
    expect((await ask()).status).toBe(201);
  });

  it("nobody waits where the broker has no limits, and blocked is blocked all the same", async () => {
    await broker.stop();
    broker = await start({ policy: { ...DEFAULT_POLICY, limits: undefined } });
    await rejectThree();
    expect((await ask()).status).toBe(201);
    await setPolicy({ Block: [bank.kid] });
    expect((await ask()).status).toBe(403);
  });
});
