/** Encrypted requests and answers at the broker: who may post and answer them, and what it makes of what it cannot read. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import {
  checkJwe,
  encryptJws,
  type EncryptionKey,
  importEncryptionKey,
  jweDigest,
  openDeviceProfile,
  type SigningKey,
  signResponse,
  TYP,
} from "../../../src/crypto/index.ts";
import type { JsonObject, Jwe, JwsOrJwe, RequestEntry } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestBrokerOptions, type TestDevice } from "../../support/broker.ts";
import { type Secret, secretRequest } from "../../support/encrypting.ts";
import { DAY, fakeClock, type FakeClock, MINUTE } from "../../support/fake-clock.ts";
import { foreignKey } from "../../support/foreign-signer.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

const UNLIMITED = { ...DEFAULT_POLICY, limits: undefined };

let clock: FakeClock;
let broker: TestBroker;
let alice: TestDevice;
let recipient: EncryptionKey;
let bank: SigningKey;

async function start(options: TestBrokerOptions = {}): Promise<void> {
  clock = fakeClock();
  broker = await startTestBroker({ clock: clock.read, domains: ["example.com"], policy: UNLIMITED, ...options });
  alice = await broker.connect(ALICE);
  recipient = (await openDeviceProfile(alice.profile)).encryptionKey;
  bank = await newKey();
}
beforeEach(() => start());
afterEach(() => broker.stop());

const message = (Request: JwsOrJwe, more: object = {}) => ({
  EnquireRequest: { Request: { Request, ResponderAccount: ALICE, ...more } },
});
const secret = (more = {}): Promise<Secret> => secretRequest(bank, [recipient], { created: clock.read(), ...more });
const post = (Request: JwsOrJwe, more: object = {}, key = bank) => broker.signed(key, message(Request, more));

async function posted(more: object = {}): Promise<{ readonly asked: Secret; readonly BrokerID: string }> {
  const asked = await secret();
  const answer = await post(asked.jwe, more);
  expect(answer.status).toBe(201);
  return { asked, BrokerID: answer.body["BrokerID"] as string };
}

async function pending(): Promise<readonly RequestEntry[]> {
  const { body } = await broker.signed(alice.key, { PendingRequest: { Responder: ALICE } });
  return body["Entries"] as unknown as readonly RequestEntry[];
}

const reply = (BrokerID: string, Response: JwsOrJwe) => ({
  RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } },
});

async function answerTo({ inner, reply: to }: Secret, value = true): Promise<Jwe> {
  const signed = await signResponse(alice.key, { signedRequest: inner, value, created: clock.read() });
  const { x, y } = await crypto.subtle.exportKey("jwk", to.pair.publicKey);
  const key = await importEncryptionKey({ kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" });
  return encryptJws(signed, TYP.response, [key]);
}

describe("an encrypted request", () => {
  it("is told to the account's devices with the key that posted it", async () => {
    const { asked, BrokerID } = await posted({ EnquirerID: "q-1" });
    const [entry] = await pending();
    expect(entry).toMatchObject({ BrokerID, Request: asked.jwe, PostedBy: bank.kid, EnquirerID: "q-1" });
  });

  it("must be posted by a call that is authenticated", async () => {
    const { jwe } = await secret();
    expect((await broker.plain(message(jwe))).status).toBe(401);
    expect(await pending()).toEqual([]);
  });

  it("lives as long as its envelope says, at most 7 days, and a day where it says nothing", async () => {
    const inDays = (days: number) => ({ Expire: new Date(clock.read() + days * DAY).toISOString() });
    const { jwe } = await secret();
    expect((await post(jwe, inDays(8))).status).toBe(400);
    expect((await post(jwe, { Expire: new Date(clock.read() - MINUTE).toISOString() })).status).toBe(410);
    await posted(inDays(6));
    await posted();
    const ends = (await pending()).map((entry) => Date.parse(entry.Expire ?? "") - clock.read());
    expect(ends).toEqual([6 * DAY, DAY]);
  });

  it.each<[string, (jwe: Jwe) => object, number]>([
    [
      "another algorithm",
      (jwe) => ({ recipients: jwe.recipients.map((one) => ({ ...one, header: { ...one.header, alg: "dir" } })) }),
      400,
    ],
    ["a short tag", ({ tag }) => ({ tag: tag.slice(0, 16) }), 400],
    ["an unprotected header", () => ({ unprotected: { enc: "A256GCM" } }), 400],
    ["no recipients", () => ({ recipients: [] }), 400],
    [
      "the header of an answer",
      () => ({ protected: Buffer.from('{"enc":"A256GCM","cty":"confirm-tbs-response+jws"}').toString("base64url") }),
      400,
    ],
    ["more than 24 KiB", ({ ciphertext }) => ({ ciphertext: ciphertext + "A".repeat(24 * 1024) }), 413],
  ])("is refused with %s", async (_, change, status) => {
    const { jwe } = await secret();
    expect((await post({ ...jwe, ...change(jwe) })).status).toBe(status);
  });

  it("for another account than the envelope's Responder is refused", async () => {
    const { jwe } = await secret();
    expect((await post(jwe, { Responder: "bob@example.com" })).status).toBe(400);
  });
});

describe("the same encrypted request again", () => {
  it("gets the same BrokerID while it is pending, and with an EnquirerID also after", async () => {
    for (const [more, after] of [
      [{}, 409],
      [{ EnquirerID: "q-1" }, 201],
    ] as const) {
      const { asked, BrokerID } = await posted(more);
      expect((await post(asked.jwe, more)).body["BrokerID"]).toBe(BrokerID);
      await broker.signed(bank, { StatusRequest: { BrokerID, Cancel: true } });
      expect((await post(asked.jwe, more)).status).toBe(after);
    }
  });

  it("posted by another key is 409, and does not tell its BrokerID", async () => {
    const { asked } = await posted({ EnquirerID: "q-1" });
    const again = await post(asked.jwe, { EnquirerID: "q-1" }, await newKey());
    expect([again.status, again.body["BrokerID"]]).toEqual([409, undefined]);
  });

  it("with another envelope under the same EnquirerID of the same key is 409", async () => {
    await posted({ EnquirerID: "q-1" });
    expect((await post((await secret()).jwe, { EnquirerID: "q-1" })).status).toBe(409);
    expect(
      (await post((await secretRequest(await newKey(), [recipient])).jwe, { EnquirerID: "q-1" }, await newKey()))
        .status,
    ).toBe(201);
  });
});

describe("who may ask in secret", () => {
  it("is known by the key that posts: a device here is local, a registered one registered, others are strangers", async () => {
    await broker.stop();
    await start({ policy: { ...UNLIMITED, enquirers: "local" } });
    expect((await post((await secret()).jwe)).status).toBe(403);
    const bob = await broker.connect("bob@example.com");
    expect((await post((await secret()).jwe, {}, bob.key)).status).toBe(201);
  });
});

describe("an encrypted answer", () => {
  it("by a device of the account is handed to the enquirer, and the same again is 201", async () => {
    const { asked, BrokerID } = await posted();
    const answer = await answerTo(asked);
    expect(checkJwe(answer, TYP.response)).toMatchObject({ cty: TYP.response });
    expect((await broker.signed(alice.key, reply(BrokerID, answer))).status).toBe(201);
    expect((await broker.signed(alice.key, reply(BrokerID, answer))).status).toBe(201);
    const { body } = await broker.plain({ StatusRequest: { BrokerID } });
    expect(body["Response"] as JsonObject).toMatchObject({ RequestStatus: "REPLY", Response: answer });
  });

  it("must come in a call by an active device of the account", async () => {
    const { asked, BrokerID } = await posted();
    const answer = await answerTo(asked);
    expect((await broker.plain(reply(BrokerID, answer))).status).toBe(401);
    const bob = await broker.connect("bob@example.com");
    for (const key of [bank, bob.key]) {
      expect((await broker.signed(key, reply(BrokerID, answer))).status).toBe(403);
    }
    expect((await pending()).map((entry) => entry.BrokerID)).toEqual([BrokerID]);
  });

  it("that is another one than the first is 409", async () => {
    const { asked, BrokerID } = await posted();
    expect((await broker.signed(alice.key, reply(BrokerID, await answerTo(asked)))).status).toBe(201);
    expect((await broker.signed(alice.key, reply(BrokerID, await answerTo(asked, false)))).status).toBe(409);
  });

  it("to a request in clear is refused, and an answer in clear to an encrypted one too", async () => {
    const clear = await broker.plain(message(await signedRequest(bank, { created: clock.read() })));
    const { asked, BrokerID } = await posted();
    const envelope = await answerTo(asked);
    expect((await broker.signed(alice.key, reply(clear.body["BrokerID"] as string, envelope))).status).toBe(400);
    const open = await signResponse(alice.key, { signedRequest: asked.inner, value: true, created: clock.read() });
    expect((await broker.signed(alice.key, reply(BrokerID, open))).status).toBe(400);
    expect((await broker.plain(reply(BrokerID, open))).status).toBe(400);
    expect(await pending()).toHaveLength(2);
  });

  it("without a BrokerID cannot be told apart, and the envelope of a request is none", async () => {
    const { asked, BrokerID } = await posted();
    expect((await broker.signed(alice.key, reply(BrokerID, asked.jwe))).status).toBe(400);
    const flat = { RespondRequest: { Response: await answerTo(asked) } };
    expect((await broker.signed(alice.key, flat)).status).toBe(400);
  });

  it("may be REFUSED by the device, without a signature, as any other", async () => {
    const { BrokerID } = await posted();
    const refused = { RespondRequest: { Response: { BrokerID, RequestStatus: "REFUSED" } } };
    expect((await broker.signed(alice.key, refused)).status).toBe(201);
  });
});

describe("a request in clear", () => {
  it("with ReplyKey is refused: it was meant to be encrypted", async () => {
    const { inner } = await secret();
    expect((await broker.signed(bank, message(inner))).status).toBe(400);
  });
});

describe("the broker's name for an encrypted request", () => {
  it("does not change when a recipient is taken from it: that is the same request", async () => {
    const asked = await secretRequest(bank, [recipient, await importEncryptionKey(foreignKey().jwk)]);
    const fewer = { ...asked.jwe, recipients: asked.jwe.recipients.slice(0, 1) };
    expect(await jweDigest(fewer)).toBe(await jweDigest(asked.jwe));
    const first = await post(asked.jwe);
    expect((await post(fewer)).body["BrokerID"]).toBe(first.body["BrokerID"]);
  });
});
