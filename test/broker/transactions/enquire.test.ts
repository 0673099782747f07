/** Enquire: the same request again, dates, who may ask. */
import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, DEFAULT_POLICY } from "../../../src/broker/index.ts";
import { signResponse } from "../../../src/crypto/index.ts";
import type { Jws, JsonObject } from "../../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestBrokerOptions, type TestDevice } from "../../support/broker.ts";
import { DAY, fakeClock, HOUR, MINUTE, SECOND, SOME_TIME } from "../../support/fake-clock.ts";
import { foreignGeneral, foreignKey } from "../../support/foreign-signer.ts";
import { ALICE, foreignRequest, newKey, PLAIN_REQUEST, signedRequest } from "../../support/signing.ts";

const UNLIMITED = { ...DEFAULT_POLICY, limits: undefined };

let clock = fakeClock();
let broker: TestBroker;
let alice: TestDevice;
async function start(options: TestBrokerOptions = { policy: UNLIMITED }): Promise<void> {
  clock = fakeClock();
  broker = await startTestBroker({ clock: clock.read, domains: ["example.com"], ...options });
  alice = await broker.connect(ALICE);
}
afterEach(() => broker.stop());

const message = (Request: Jws, envelope: object = {}) => ({
  EnquireRequest: { Request: { Request, ResponderAccount: ALICE, ...envelope } },
});
const post = (request: Jws, envelope?: object) => broker.plain(message(request, envelope));
const expiryOf = async (BrokerID: unknown) => {
  const listed = await broker.signed(alice.key, { PendingRequest: { Responder: ALICE, BrokerID } });
  return (listed.body["Entries"] as readonly JsonObject[])[0]?.["Expire"];
};

describe("the same request again", () => {
  it("gets the same BrokerID while it is pending", async () => {
    await start();
    const key = foreignKey();
    const request = foreignRequest(key, PLAIN_REQUEST, null);
    const first = await post(request);
    expect(await post(request)).toEqual(first);
    expect(first.status).toBe(201);
  });

  it("gets it too when its signature was made anew, because the digest is not over the signature", async () => {
    await start();
    const key = foreignKey();
    const header = { alg: "ES256", jwk: key.jwk };
    const [one, two] = [0, 1].map(() => foreignGeneral(key, header, JSON.stringify({ TBSRequest: PLAIN_REQUEST })));
    if (one === undefined || two === undefined) throw new Error("no requests");
    expect(one.signatures[0]?.signature).not.toBe(two.signatures[0]?.signature);
    expect((await post(two)).body).toEqual((await post(one)).body);
  });

  it("gets it after it is over only with a signed EnquirerID", async () => {
    await start();
    const signed = await signedRequest(await newKey());
    const plain = foreignRequest(foreignKey());
    for (const [request, status] of [
      [signed, 201],
      [plain, 409],
    ] as const) {
      const first = await post(request);
      await broker.plain({ StatusRequest: { BrokerID: first.body["BrokerID"] ?? "", Cancel: true } });
      const again = await post(request);
      expect(again.status).toBe(status);
      if (status === 201) expect(again.body).toEqual(first.body);
    }
  });

  it("of a plain peer is asked of each account once, in whatever draft: the repeat is 409 once it was answered", async () => {
    await start();
    const bob = await broker.connect("bob@example.com");
    const key = foreignKey();
    const forms = (Request: Jws, account: string) => [
      { EnquireRequest: { Request, Responder: account } },
      { EnquireRequest: { Request: { Request, ResponderAccount: account } } },
    ];
    for (const device of [alice, bob]) {
      const ToID = device.account;
      const request = foreignRequest(key, { ...PLAIN_REQUEST, ToID }, null);
      const [first] = await Promise.all(forms(request, ToID).map((form) => broker.plain(form)));
      expect(first?.status).toBe(201);
      const answer = await signResponse(device.key, { signedRequest: request, value: true, created: clock.read() });
      expect((await broker.plain({ RespondRequest: { Response: answer } })).status).toBe(201);
      for (const form of forms(request, ToID)) {
        expect(await broker.plain(form)).toMatchObject({ status: 409, tag: "EnquireResponse" });
      }
    }
  });

  it("gets it when it comes again after its time, because the first answer may have been lost", async () => {
    await start();
    const request = await signedRequest(await newKey());
    const first = await post(request);
    clock.pass(HOUR);
    expect((await post(request)).body).toEqual(first.body);
  });
});

describe("how long a request lives", () => {
  it("is what is signed", async () => {
    await start();
    const request = await signedRequest(await newKey(), { expire: SOME_TIME + HOUR });
    expect(await expiryOf((await post(request)).body["BrokerID"])).toBe("2030-03-01T13:00:00Z");
  });

  it("is the envelope's word where nothing is signed, else a day", async () => {
    await start();
    const [one, two] = [foreignRequest(foreignKey()), foreignRequest(foreignKey())];
    const said = await post(one, { Expire: "2030-03-01T12:10:00Z" });
    const silent = await post(two);
    expect(await expiryOf(said.body["BrokerID"])).toBe("2030-03-01T12:10:00Z");
    expect(await expiryOf(silent.body["BrokerID"])).toBe("2030-03-02T12:00:00Z");
  });

  it("may be seven days, by a clock that is 120 seconds ahead", async () => {
    await start();
    const created = SOME_TIME + 120 * SECOND;
    const request = await signedRequest(await newKey(), { created, expire: created + 7 * DAY });
    expect((await post(request)).status).toBe(201);
  });
});

describe("accounts", () => {
  it("are compared with their domain in lower case", async () => {
    await start();
    const request = await signedRequest(await newKey(), { toId: "alice@EXAMPLE.com" });
    expect((await post(request, { ResponderAccount: "alice@Example.Com" })).status).toBe(201);
  });

  it("take requests while they have no active device", async () => {
    await start();
    await broker.store.addAccount("bob@example.com", SOME_TIME);
    const request = await signedRequest(await newKey(), { toId: "bob@example.com" });
    expect((await post(request, { ResponderAccount: "bob@example.com" })).status).toBe(201);
  });

  it("may ask each other, signed by their devices", async () => {
    await start();
    const bob = await broker.connect("bob@example.com");
    const request = await signedRequest(bob.key, { fromId: bob.account });
    expect((await post(request)).status).toBe(201);
  });
});

describe("who may ask", () => {
  const ask = async () => {
    const [stranger, registered] = await Promise.all([newKey(), newKey()]);
    await broker.store.addEnquirer({ kid: registered.kid, jwk: registered.jwk, name: "the bank", now: SOME_TIME });
    const bob = await broker.connect("bob@example.com");
    const requests = await Promise.all([
      signedRequest(stranger),
      signedRequest(registered),
      signedRequest(bob.key, { fromId: bob.account }),
    ]);
    const answers = [];
    for (const request of requests) answers.push((await post(request)).status);
    return answers;
  };

  it.each([
    ["any", [201, 201, 201]],
    ["registered", [403, 201, 201]],
    ["local", [403, 403, 201]],
  ] as const)("is %s: a stranger, a registered enquirer, an account's device", async (enquirers, expected) => {
    await start({ policy: { ...UNLIMITED, enquirers } });
    expect(await ask()).toEqual(expected);
  });

  it("includes a registered enquirer that does not send its key", async () => {
    await start();
    const key = foreignKey();
    const request = foreignGeneral(key, { alg: "ES256" }, JSON.stringify({ TBSRequest: PLAIN_REQUEST }));
    expect((await post(request)).status).toBe(400);
    await broker.store.addEnquirer({ kid: key.kid, jwk: { ...key.jwk }, name: "old", now: SOME_TIME });
    expect((await post(request)).status).toBe(201);
  });
});

describe("how much may be pending", () => {
  it("is one for a key that nobody knows, until that one is over", async () => {
    await start({});
    const key = await newKey();
    const first = await post(await signedRequest(key));
    const second = await signedRequest(key);
    const refused = await post(second);
    expect(refused.status).toBe(429);
    expect(refused.body["RetryAfter"]).toBe(300);
    await broker.plain({ StatusRequest: { BrokerID: first.body["BrokerID"], Cancel: true } });
    expect((await post(second)).status).toBe(201);
  });

  it("lets a repetition through that is over the cap", async () => {
    await start({});
    const key = await newKey();
    const request = await signedRequest(key);
    const first = await post(request);
    expect(await post(request)).toEqual(first);
  });

  it("is ten for all unknown keys together, and more for those that are known", async () => {
    await start({});
    const statuses = [];
    for (let count = 0; count < 11; count++) statuses.push((await post(await signedRequest(await newKey()))).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 201), 429]);
    const bob = await broker.connect("bob@example.com");
    const known = [];
    for (let count = 0; count < 6; count++)
      known.push((await post(await signedRequest(bob.key, { fromId: bob.account }))).status);
    expect(known).toEqual([201, 201, 201, 201, 201, 429]);
  });

  it("frees a place when a request's time has passed", async () => {
    await start({
      policy: {
        ...DEFAULT_POLICY,
        limits: { ...DEFAULT_LIMITS, pending: { account: 1, unverified: 1, unverifiedSender: 1, verifiedSender: 1 } },
      },
    });
    await post(await signedRequest(await newKey()));
    expect((await post(await signedRequest(await newKey()))).status).toBe(429);
    clock.pass(5 * MINUTE);
    expect((await post(await signedRequest(await newKey(), { created: clock.read() }))).status).toBe(201);
  });
});
