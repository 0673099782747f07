/**
 * The six states of a request (-01 §6.4.4), each reached as it is in life and told to whoever asks; and who wins where two
 * come at once. The same races at the store alone, in every order, are in `store-races.ts`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { type SigningKey, signResponse } from "../../../src/crypto/index.ts";
import type { JsonObject, Jws } from "../../../src/protocol/index.ts";
import { type Message, startTestBroker, type TestBroker, type TestDevice } from "../../support/broker.ts";
import { fakeClock, MINUTE } from "../../support/fake-clock.ts";
import { ALICE, newKey, signedRequest } from "../../support/signing.ts";

let clock = fakeClock();
let folder: string;
let broker: TestBroker;
let alice: TestDevice;
let bank: SigningKey;
beforeEach(async () => {
  clock = fakeClock();
  folder = await mkdtemp(join(tmpdir(), "confirm-ends-"));
  broker = await startTestBroker({ folder, clock: clock.read, policy: { ...DEFAULT_POLICY, limits: undefined } });
  [alice, bank] = await Promise.all([broker.connect(ALICE), newKey()]);
});
afterEach(async () => {
  await broker.stop();
  await rm(folder, { recursive: true });
});

interface Asked {
  readonly request: Jws;
  readonly BrokerID: unknown;
}

async function ask(): Promise<Asked> {
  const request = await signedRequest(bank, { created: clock.read() });
  const posted = await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
  return { request, BrokerID: posted.body["BrokerID"] };
}
const entryOf = ({ body }: Message) => body["Response"] as JsonObject;
const status = async ({ BrokerID }: Asked, more: object = {}) =>
  entryOf(await broker.plain({ StatusRequest: { BrokerID, ...more } }));
const stateOf = async (asked: Asked) => (await status(asked))["RequestStatus"];
const sign = ({ request }: Asked, { key }: TestDevice = alice, value = true) =>
  signResponse(key, { signedRequest: request, value, created: clock.read() });
const hand = ({ BrokerID }: Asked, Response: Jws) =>
  broker.plain({ RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } } });
const refuse = ({ BrokerID }: Asked) =>
  broker.signed(alice.key, { RespondRequest: { Response: { BrokerID, RequestStatus: "REFUSED" } } });
const isListed = async ({ BrokerID }: Asked) => {
  const listed = await broker.signed(alice.key, { PendingRequest: { Responder: ALICE, BrokerID } });
  return (listed.body["Entries"] as readonly JsonObject[]).length === 1;
};

/** A second active device of the account: the first one says yes to it. */
async function secondDevice(): Promise<TestDevice> {
  const device = await broker.connect(ALICE);
  const listed = await broker.signed(alice.key, { PendingRequest: { Responder: ALICE } });
  const [entry] = listed.body["Entries"] as readonly { readonly BrokerID: string; readonly Request: Jws }[];
  if (entry === undefined) throw new Error(listed.sentence);
  const asked = { request: entry.Request, BrokerID: entry.BrokerID };
  const { status: told, sentence } = await hand(asked, await sign(asked));
  if (told !== 201) throw new Error(sentence);
  return device;
}

describe("a request is", () => {
  it("PENDING from when it is posted, and listed", async () => {
    const asked = await ask();
    expect(await status(asked)).toEqual({
      BrokerID: asked.BrokerID,
      EnquirerID: expect.any(String) as string,
      RequestStatus: "PENDING",
    });
    expect(await isListed(asked)).toBe(true);
  });

  it("REPLY with the signed answer, be it yes or no", async () => {
    for (const value of [true, false]) {
      const asked = await ask();
      const Response = await sign(asked, alice, value);
      expect((await hand(asked, Response)).status).toBe(201);
      expect(await status(asked)).toMatchObject({ RequestStatus: "REPLY", Response });
      expect(await isListed(asked)).toBe(false);
    }
  });

  it("REFUSED without an answer, by an authenticated device alone", async () => {
    const asked = await ask();
    const { BrokerID } = asked;
    const refusal = { RespondRequest: { Response: { BrokerID, RequestStatus: "REFUSED" } } };
    expect((await broker.plain(refusal)).status).toBe(401);
    expect((await broker.signed(bank, refusal)).status).toBe(403);
    expect(await stateOf(asked)).toBe("PENDING");
    expect((await refuse(asked)).status).toBe(201);
    expect(await status(asked)).not.toHaveProperty("Response");
    expect(await stateOf(asked)).toBe("REFUSED");
    expect((await hand(asked, await sign(asked))).status).toBe(409);
  });

  it("ECANCEL once the enquirer gave up, and then takes no answer", async () => {
    const asked = await ask();
    expect(await status(asked, { Cancel: true })).toMatchObject({ RequestStatus: "ECANCEL" });
    expect(await isListed(asked)).toBe(false);
    expect((await hand(asked, await sign(asked))).status).toBe(410);
    expect((await refuse(asked)).status).toBe(410);
    expect(await stateOf(asked)).toBe("ECANCEL");
  });

  it("BCANCEL once its account is removed, and stays so when the account comes back", async () => {
    const asked = await ask();
    await broker.store.removeAccount(ALICE, clock.read());
    expect(await stateOf(asked)).toBe("BCANCEL");
    expect((await hand(asked, await sign(asked))).status).toBe(403);
    alice = await broker.connect(ALICE, alice.key);
    expect((await hand(asked, await sign(asked))).status).toBe(410);
    expect(await isListed(asked)).toBe(false);
    expect(await stateOf(asked)).toBe("BCANCEL");
  });

  it("EXPIRED once its time has passed, whether or not anybody asks", async () => {
    const [asked, unasked] = [await ask(), await ask()];
    clock.pass(5 * MINUTE);
    expect(await stateOf(asked)).toBe("EXPIRED");
    expect((await hand(asked, await sign(asked))).status).toBe(410);
    expect((await hand(unasked, await sign(unasked))).status).toBe(410);
    expect(await stateOf(unasked)).toBe("EXPIRED");
  });

  it("EXPIRED and not BCANCEL where its time had passed before the account was removed", async () => {
    const asked = await ask();
    clock.pass(5 * MINUTE);
    await broker.store.removeAccount(ALICE, clock.read());
    expect(await stateOf(asked)).toBe("EXPIRED");
  });
});

describe("of two that come at once, one wins:", () => {
  /** Runs both with the second some turns of the event loop later, from far ahead to far behind. */
  const TURNS = [0, 1, 2, 4, 8, 16, 32, 64];
  const later = async <T>(turns: number, act: () => Promise<T> | T): Promise<T> => {
    for (let passed = 0; passed < turns; passed++) await turn();
    return act();
  };

  it("an answer or its expiry", async () => {
    for (const turns of TURNS) {
      const asked = await ask();
      const Response = await sign(asked);
      const [answered] = await Promise.all([hand(asked, Response), later(turns, () => clock.pass(5 * MINUTE))]);
      const state = await stateOf(asked);
      expect([answered.status, state]).toEqual(answered.status === 201 ? [201, "REPLY"] : [410, "EXPIRED"]);
    }
  });

  it("an answer or a refusal", async () => {
    for (const turns of TURNS) {
      const asked = await ask();
      const Response = await sign(asked);
      const [answered, refused] = await Promise.all([hand(asked, Response), later(turns, () => refuse(asked))]);
      expect([answered.status, refused.status].sort()).toEqual([201, 409]);
      expect(await stateOf(asked)).toBe(answered.status === 201 ? "REPLY" : "REFUSED");
    }
  });

  it("two devices, of which the other is told 409", async () => {
    const other = await secondDevice();
    for (const turns of TURNS) {
      const asked = await ask();
      const [yes, no] = [await sign(asked), await sign(asked, other, false)];
      const [one, two] = await Promise.all([hand(asked, yes), later(turns, () => hand(asked, no))]);
      expect([one.status, two.status].sort()).toEqual([201, 409]);
      expect((await status(asked))["Response"]).toEqual(one.status === 201 ? yes : no);
    }
  });

  it("two devices that agree, because only one signature is stored", async () => {
    const other = await secondDevice();
    const asked = await ask();
    const answers = await Promise.all([sign(asked), sign(asked, other)]);
    const told = await Promise.all(answers.map((answer) => hand(asked, answer)));
    expect(told.map((one) => one.status).sort()).toEqual([201, 409]);
  });

  it("an answer or the removal of the account by another process", async () => {
    for (const turns of TURNS) {
      const asked = await ask();
      const Response = await sign(asked);
      const remove = () => broker.store.removeAccount(ALICE, clock.read());
      const [answered, settled] = await Promise.all([hand(asked, Response), later(turns, remove)]);
      expect(settled?.map(({ brokerId }) => brokerId)).toEqual(answered.status === 201 ? [] : [asked.BrokerID]);
      expect([answered.status, await stateOf(asked)]).toEqual(
        answered.status === 201 ? [201, "REPLY"] : [403, "BCANCEL"],
      );
      alice = await broker.connect(ALICE);
    }
  });
});
