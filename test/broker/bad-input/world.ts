/**
 * A broker with a device, requests in every state and callers of every kind; and the table of bad input: each line says
 * what is sent and what it gets, and holds only if the store is as it was and nothing was a failure of the broker.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { CALL_CONTENT_TYPE, signResponse } from "../../../src/crypto/index.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../../src/protocol/index.ts";
import { type HttpCall, messageOf, sendHttp, startTestBroker } from "../../support/broker.ts";
import type { TestBroker, TestDevice } from "../../support/broker.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { foreignFlat, type ForeignKey, foreignKey } from "../../support/foreign-signer.ts";
import { ALICE, foreignRequest, newKey, PLAIN_REQUEST, signedRequest } from "../../support/signing.ts";

export const clock = fakeClock();

/** An instant as it is signed, without fractions. */
export const iso = (ms: number): string => new Date(ms).toISOString().replace(".000", "");

/** A request and its BrokerID. */
interface Posted {
  readonly jws: Jws;
  readonly id: string;
}

export interface World {
  readonly broker: TestBroker;
  readonly alice: TestDevice;
  readonly stranger: SigningKey;
  readonly bank: SigningKey;
  readonly foreign: ForeignKey;
  /** Posted plainly, EnquirerID `the-pending-one`. */
  readonly pending: Posted;
  /** Pending too, posted authenticated by the bank. */
  readonly sealed: Posted;
  /** Answered with yes. */
  readonly answered: Posted;
  readonly cancelled: Posted;
}

/** Filled before the first test of the file runs. */
export let world: World;

async function post(broker: TestBroker, bank: SigningKey, isSealed: boolean, enquirerId?: string): Promise<Posted> {
  const jws = await signedRequest(bank, enquirerId === undefined ? {} : { enquirerId });
  const message = enquire(jws);
  const answer = await (isSealed ? broker.signed(bank, message) : broker.plain(message));
  const id = answer.body["BrokerID"];
  if (typeof id !== "string") throw new Error(answer.sentence);
  return { jws, id };
}

beforeAll(async () => {
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  const broker = await startTestBroker({ clock: clock.read, domains: ["example.com"], policy });
  const [alice, stranger, bank] = await Promise.all([broker.connect(ALICE), newKey(), newKey()]);
  const answered = await post(broker, bank, false);
  await broker.signed(alice.key, respond(answered.id, await answerBy(alice.key, answered.jws)));
  const cancelled = await post(broker, bank, false);
  await broker.plain({ StatusRequest: { BrokerID: cancelled.id, Cancel: true } });
  world = {
    ...{ broker, alice, stranger, bank, foreign: foreignKey(), answered, cancelled },
    pending: await post(broker, bank, false, "the-pending-one"),
    sealed: await post(broker, bank, true),
  };
});
afterAll(() => world.broker.stop());

export const enquire = (Request: Jws, envelope: object = {}): object => ({
  EnquireRequest: { Request: { Request, ResponderAccount: ALICE, ...envelope } },
});
export const respond = (BrokerID: string, Response: unknown, more: object = {}): object => ({
  RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response, ...more } },
});
export const answerBy = (key: SigningKey, request: Jws, value = true): Promise<Jws> =>
  signResponse(key, { signedRequest: request, value, created: clock.read() });
/** A request of a peer that shares no code with ours, with these members. */
export const foreign = (more: object): Jws => foreignRequest(world.foreign, { ...PLAIN_REQUEST, ...more });

/** What came back: HTTP's status, and the message's. */
export interface Got {
  readonly http: number;
  readonly status: number;
  readonly sentence: string;
}

export async function http(call: HttpCall): Promise<Got> {
  const answer = await sendHttp(world.broker.endpoint, call);
  const { status, sentence } = messageOf(answer.json);
  return { http: answer.status, status, sentence };
}
export const body = (text: string | Uint8Array): Promise<Got> => http({ body: text });
export const plain = (message: object): Promise<Got> => body(JSON.stringify(message));
export const call = (text: string): Promise<Got> =>
  http({ body: text, headers: { "content-type": CALL_CONTENT_TYPE } });

/** Calls by our own code, which refuses an answer that is not sealed by the service for this very call. */
export async function sealed(key: SigningKey, message: object): Promise<Got> {
  return { http: 200, ...(await world.broker.signed(key, message)) };
}

/** Sends the text of a call, and looks into the answer that must be sealed. */
export async function sealedRefusal(text: string): Promise<Got> {
  const headers = { "content-type": CALL_CONTENT_TYPE };
  const answer = await sendHttp(world.broker.endpoint, { body: text, headers });
  expect(answer.headers["content-type"]).toBe(CALL_CONTENT_TYPE);
  const { payload } = answer.json as { payload: string };
  const { status, sentence } = messageOf(JSON.parse(Buffer.from(payload, "base64url").toString()) as JsonObject);
  return { http: answer.status, status, sentence };
}

/** A call of the foreign key under a header that differs from a good one by `more`. */
export function foreignCall(more: object, payload = '{"HelloRequest":{}}'): string {
  const { kid, jwk } = world.foreign;
  const header = {
    ...{ alg: "ES256", typ: "confirm-request+jws", kid, jwk, url: world.broker.endpoint },
    iat: Math.floor(clock.read() / 1000),
    jti: Buffer.from(`jti-${Math.random()}-${Math.random()}`).toString("base64url"),
  };
  return JSON.stringify(foreignFlat(world.foreign, { ...header, ...more }, payload));
}

/** What it is, HTTP's status, the message's status, what the sentence says, and how it is sent. */
export type Case = readonly [name: string, http: number, status: number, says: RegExp, send: () => Promise<Got>];

export function table(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    it.each(cases)("%s", async (_name, httpStatus, status, says, send) => {
      const before = world.broker.dump();
      const got = await send();
      expect({ http: got.http, status: got.status }).toEqual({ http: httpStatus, status });
      expect(got.sentence).toMatch(says);
      expect(world.broker.dump()).toBe(before);
      expect(world.broker.log().filter(({ event }) => event === "defect")).toEqual([]);
    });
  });
}
