/** Draft -00 beside draft -01: a request is answered in the draft in which it was asked, by whatever it is answered. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { type SigningKey, signResponse } from "../../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../../support/broker.ts";
import { fakeClock, HOUR, MINUTE } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

const BOB = "bob@example.com";
const DRAFTS = ["00", "01"] as const;
type Draft = (typeof DRAFTS)[number];

const clock = fakeClock();
let broker: TestBroker;
let alice: TestDevice;
let bank: SigningKey;
beforeAll(async () => {
  broker = await startTestBroker({
    clock: clock.read,
    domains: ["example.com"],
    policy: { ...DEFAULT_POLICY, limits: undefined },
  });
  [alice, bank] = await Promise.all([broker.connect(ALICE), newKey()]);
});
afterAll(() => broker.stop());

const ask = (draft: Draft, Request: Jws, more: object = {}) =>
  broker.plain(
    draft === "00"
      ? { EnquireRequest: { Request, Responder: ALICE, ...more } }
      : { EnquireRequest: { Request: { Request, ResponderAccount: ALICE, ...more } } },
  );
const reply = (draft: Draft, BrokerID: unknown, Response: Jws) =>
  draft === "00"
    ? { RespondRequest: { Response } }
    : { RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } } };
const statusOf = async (BrokerID: unknown, more: object = {}) =>
  (await broker.plain({ StatusRequest: { BrokerID, ...more } })).body;
const fresh = () => signedRequest(bank, { created: clock.read() });
const answerTo = (signed: Jws, key = alice.key, value = true) =>
  signResponse(key, { signedRequest: signed, value, created: clock.read() });

describe.each(DRAFTS)("a request asked in draft -%s", (asked) => {
  const told = (BrokerID: unknown, RequestStatus: string, more: object = {}): object =>
    asked === "00"
      ? { Status: 201, RequestStatus, ...more }
      : { Status: 201, Response: expect.objectContaining({ BrokerID, RequestStatus, ...more }) as object };

  it.each(DRAFTS)("is answered in draft -%s, and its status is told as it was asked", async (answered) => {
    const request = await fresh();
    const { BrokerID } = (await ask(asked, request)).body;
    expect(await statusOf(BrokerID)).toEqual(told(BrokerID, "PENDING"));
    const Response = await answerTo(request);
    expect(await broker.plain(reply(answered, BrokerID, Response))).toMatchObject({
      tag: "RespondResponse",
      status: 201,
    });
    expect(await statusOf(BrokerID)).toMatchObject(told(BrokerID, "REPLY", { Response }));
    // The same again is the same, in both drafts.
    for (const draft of DRAFTS) expect((await broker.plain(reply(draft, BrokerID, Response))).status).toBe(201);
    const other = await answerTo(request, alice.key, false);
    for (const draft of DRAFTS) expect((await broker.plain(reply(draft, BrokerID, other))).status).toBe(409);
  });

  it("is told by a long poll in the same draft", async () => {
    const request = await fresh();
    const { BrokerID } = (await ask(asked, request)).body;
    const waiting = statusOf(BrokerID, { Wait: 30 });
    await broker.plain(reply("00", BrokerID, await answerTo(request)));
    expect(await waiting).toMatchObject(told(BrokerID, "REPLY"));
  });

  it("is listed by the names of both drafts", async () => {
    const request = await fresh();
    const { BrokerID } = (await ask(asked, request, { EnquirerID: undefined })).body;
    const listed = await broker.signed(alice.key, { Pending: { Responder: ALICE, BrokerID } });
    const [entry] = listed.body["Entries"] as readonly JsonObject[];
    expect(entry).toMatchObject({ BrokerID, Responder: ALICE, ResponderAccount: ALICE, Request: request });
  });

  it("that was cancelled, refused or has expired says so in a word of its draft", async () => {
    const post = async () => (await ask(asked, await fresh())).body["BrokerID"];
    const [cancelled, refused, late] = [await post(), await post(), await post()];
    expect(await statusOf(cancelled, { Cancel: true })).toEqual(told(cancelled, "ECANCEL"));
    await broker.signed(alice.key, { Respond: { Response: { BrokerID: refused, RequestStatus: "REFUSED" } } });
    expect(await statusOf(refused)).toEqual(told(refused, "REFUSED"));
    clock.pass(5 * MINUTE);
    expect(await statusOf(late)).toEqual(told(late, asked === "00" ? "BCANCEL" : "EXPIRED"));
  });

  it("keeps its draft when it is posted again in the other", async () => {
    const request = await fresh();
    const { BrokerID } = (await ask(asked, request)).body;
    expect((await ask(asked === "00" ? "01" : "00", request)).body["BrokerID"]).toBe(BrokerID);
    expect(await statusOf(BrokerID)).toEqual(told(BrokerID, "PENDING"));
  });

  it("is held against its envelope", async () => {
    const expire = new Date(clock.read() + HOUR).toISOString().replace(".000", "");
    for (const more of [
      { EnquirerID: "another" },
      { Expire: expire },
      asked === "00" ? { ResponderAccount: BOB } : { Responder: BOB },
      asked === "00" ? { Responder: BOB } : { ResponderAccount: BOB },
    ]) {
      expect(await ask(asked, await fresh(), more)).toMatchObject({ status: 400, tag: "EnquireResponse" });
    }
  });
});

describe("an answer without a BrokerID", () => {
  it("is matched within the account that the signed request is to", async () => {
    const bob = await broker.connect(BOB);
    const request = await signedRequest(bank, { toId: BOB, created: clock.read() });
    const { BrokerID } = (await ask("00", request, { Responder: BOB })).body;
    expect(await broker.plain(reply("00", undefined, await answerTo(request)))).toMatchObject({ status: 403 });
    expect(await statusOf(BrokerID)).toMatchObject({ RequestStatus: "PENDING" });
    expect(await broker.plain(reply("00", undefined, await answerTo(request, bob.key)))).toMatchObject({ status: 201 });
    expect(await statusOf(BrokerID)).toMatchObject({ RequestStatus: "REPLY" });
  });

  it("over a request that was never posted is 404", async () => {
    expect(await broker.plain(reply("00", undefined, await answerTo(await fresh())))).toMatchObject({
      tag: "RespondResponse",
      status: 404,
    });
  });

  it("over bytes that are no request is 400", async () => {
    const [signature] = (await fresh()).signatures;
    const signed = { payload: Buffer.from('{"Other":{}}').toString("base64url"), signatures: [signature] } as Jws;
    expect((await broker.plain(reply("00", undefined, await answerTo(signed)))).status).toBe(400);
  });

  it("to a request that is over is 410", async () => {
    const request = await fresh();
    const { BrokerID } = (await ask("00", request)).body;
    await statusOf(BrokerID, { Cancel: true });
    expect((await broker.plain(reply("00", undefined, await answerTo(request)))).status).toBe(410);
  });

  it("cannot be a refusal, which is not signed", async () => {
    const refusal = { RespondRequest: { Response: { RequestStatus: "REFUSED" } } };
    expect(await broker.signed(alice.key, refusal)).toMatchObject({
      status: 400,
      sentence: expect.stringMatching(/BrokerID/) as string,
    });
  });
});
