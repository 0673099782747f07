/** What a device does: it connects by a code, lists what is pending, answers, and is listed in its account's profile. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/broker/index.ts";
import {
  CALL_CONTENT_TYPE,
  deviceProofParts,
  newConnectCode,
  openDeviceProfile,
  proveCode,
  sealCall,
  serviceProofParts,
  signResponse,
  verifyCodeProof,
} from "../../../src/crypto/index.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import { type JsonObject, type Jws, LIMITS } from "../../../src/protocol/index.ts";
import { sendHttp, startTestBroker, type TestBroker, type TestBrokerOptions } from "../../support/broker.ts";
import { fakeClock, MINUTE, SECOND, SOME_TIME } from "../../support/fake-clock.ts";
import { foreignGeneral, foreignKey } from "../../support/foreign-signer.ts";
import { ALICE, newKey, PLAIN_REQUEST, profileOf, signedRequest } from "../../support/signing.ts";

let clock = fakeClock();
let broker: TestBroker;
async function start(options: TestBrokerOptions = {}): Promise<void> {
  clock = fakeClock();
  const policy = { ...DEFAULT_POLICY, limits: undefined };
  broker = await startTestBroker({ clock: clock.read, domains: ["example.com"], policy, ...options });
}
afterEach(() => broker.stop());

async function newCode(account = ALICE): Promise<string> {
  const code = newConnectCode();
  await broker.store.addAccount(account, clock.read());
  await broker.store.addCode({ account, code, now: clock.read(), expires: clock.read() + 10 * MINUTE });
  return code;
}
async function connectMessage(key: SigningKey, code: string | undefined, more: object = {}) {
  const Proof = code === undefined ? undefined : await proveCode(code, deviceProofParts(ALICE, key.kid));
  const body = { Account: ALICE, DeviceName: "a browser", DeviceProfile: await profileOf(key), Proof };
  return { ConnectRequest: { ...body, ...more } };
}

describe("Connect", () => {
  it("proves that the service knows the code, and under which key", async () => {
    await start();
    const [code, key] = [await newCode(), await newKey()];
    const { status, body } = await broker.signed(key, await connectMessage(key, code));
    expect(status).toBe(201);
    expect(body).toMatchObject({ State: "active", ServiceKey: { ...broker.service.jwk } });
    expect(body["URI"]).toContain(broker.endpoint);
    const parts = serviceProofParts(ALICE, broker.service.kid, key.kid);
    expect(await verifyCodeProof(code, parts, body["Proof"] as string)).toBe(true);
  });

  it("answers the same device again in the same way, because the first answer may be lost", async () => {
    await start();
    const [code, key] = [await newCode(), await newKey()];
    const message = await connectMessage(key, code);
    const first = await broker.signed(key, message);
    expect(await broker.signed(key, message)).toEqual(first);
    expect(await broker.store.devices(ALICE)).toHaveLength(1);
  });

  it("takes a code for one device only, and no longer than ten minutes", async () => {
    await start();
    const [code, key, other] = [await newCode(), await newKey(), await newKey()];
    await broker.signed(key, await connectMessage(key, code));
    expect((await broker.signed(other, await connectMessage(other, code))).status).toBe(401);
    const late = await newCode();
    clock.pass(10 * MINUTE);
    expect((await broker.signed(other, await connectMessage(other, late))).status).toBe(401);
    expect(await broker.store.devices(ALICE)).toHaveLength(1);
  });

  it("is not spent by a wrong proof", async () => {
    await start();
    const [code, key] = [await newCode(), await newKey()];
    expect((await broker.signed(key, await connectMessage(key, newConnectCode()))).status).toBe(401);
    expect((await broker.signed(key, await connectMessage(key, code))).status).toBe(201);
  });

  it("leaves a second device pending: it is in no profile and may not read or answer", async () => {
    await start();
    await broker.connect(ALICE);
    const [code, second] = [await newCode(), await newKey()];
    const connected = await broker.signed(second, await connectMessage(second, code));
    expect(connected.body["State"]).toBe("pending");
    const listed = await broker.signed(second, { PendingRequest: { Responder: ALICE } });
    expect(listed.status).toBe(403);
    expect(listed.sentence).toMatch(/not active yet/);
    expect(listed.body["DeviceState"]).toBe("pending");
    expect((await broker.signed(await newKey(), { PendingRequest: { Responder: ALICE } })).body).not.toHaveProperty(
      "DeviceState",
    );
    const profile = await broker.signed(second, { ProfileRequest: { Account: ALICE } });
    expect(profile.body["Devices"]).toHaveLength(1);
  });

  it("takes a changed profile of a known device without a code", async () => {
    await start();
    const alice = await broker.connect(ALICE);
    const changed = await connectMessage(alice.key, undefined, { DeviceName: "renamed" });
    const statuses = [await broker.signed(alice.key, changed), await broker.signed(alice.key, changed)];
    expect(statuses.map(({ status }) => status)).toEqual([202, 201]);
    expect(await broker.store.device(ALICE, alice.key.kid)).toMatchObject({ name: "renamed", state: "active" });
  });

  it("refuses codes for a while after ten wrong ones from an address, right ones too", async () => {
    await start({ policy: DEFAULT_POLICY });
    const [code, key] = [await newCode(), await newKey()];
    const wrong = await connectMessage(key, newConnectCode());
    const statuses = [];
    for (let count = 0; count < 11; count++) statuses.push((await broker.signed(key, wrong)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    const right = await connectMessage(key, code);
    const refused = await broker.signed(key, right);
    expect([refused.status, refused.body["RetryAfter"]]).toEqual([429, 6]);
    clock.pass(6 * SECOND);
    expect((await broker.signed(key, right)).status).toBe(201);
  });

  it("creates an account without a code on an open service, and only there", async () => {
    await start({ open: true });
    const [key, other] = [await newKey(), await newKey()];
    const message = await connectMessage(key, undefined);
    const first = await broker.signed(key, message);
    expect(first).toMatchObject({ status: 201, body: { State: "active" } });
    expect(first.body["Proof"]).toBeUndefined();
    expect((await broker.signed(key, message)).body["State"]).toBe("active");
    expect((await broker.signed(other, await connectMessage(other, undefined))).status).toBe(401);
    const elsewhere = { Account: "x@other.example", DeviceProfile: await profileOf(other, "x@other.example") };
    expect((await broker.signed(other, await connectMessage(other, undefined, elsewhere))).status).toBe(401);
  });
});

describe("Profile", () => {
  it("lists the profiles of active devices, each by its own key, to any authenticated caller", async () => {
    await start();
    const alice = await broker.connect(ALICE);
    const answer = await broker.signed(await newKey(), { ProfileRequest: { Account: "alice@EXAMPLE.com" } });
    expect(answer.body).toMatchObject({ Account: ALICE, Endorsements: [], Revocations: [] });
    const [profile, ...others] = answer.body["Devices"] as readonly Jws[];
    if (profile === undefined) throw new Error("no profile");
    expect((await openDeviceProfile(profile)).signingKey.kid).toBe(alice.key.kid);
    expect(others).toEqual([]);
  });
});

describe("Pending", () => {
  let alice: SigningKey;
  let ids: readonly string[];
  beforeEach(async () => {
    await start();
    alice = (await broker.connect(ALICE)).key;
    const posted: string[] = [];
    for (let count = 0; count < 3; count++) {
      const Request = await signedRequest(await newKey());
      const answer = await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
      posted.push(answer.body["BrokerID"] as string);
    }
    ids = posted;
  });
  const list = async (more: object = {}) => {
    const answer = await broker.signed(alice, { PendingRequest: { Responder: ALICE, ...more } });
    return answer.body["Entries"] as readonly JsonObject[];
  };
  const idsOf = async (more: object = {}) => (await list(more)).map(({ BrokerID }) => BrokerID);

  it("lists oldest first, as many as are asked for", async () => {
    expect(await idsOf()).toEqual(ids);
    expect(await idsOf({ MaxResponse: 2 })).toEqual(ids.slice(0, 2));
  });

  it("goes on from a place, which is a Sequence or a BrokerID", async () => {
    const sequence = (await list())[1]?.["Sequence"];
    for (const place of [sequence, ids[1]]) {
      expect(await idsOf({ AfterId: place })).toEqual([ids[2]]);
      expect(await idsOf({ BeforeId: place })).toEqual([ids[0]]);
    }
  });

  it("tells whether one is still pending", async () => {
    expect(await idsOf({ BrokerID: ids[1] })).toEqual([ids[1]]);
    await broker.plain({ StatusRequest: { BrokerID: ids[1], Cancel: true } });
    expect(await idsOf({ BrokerID: ids[1] })).toEqual([]);
    expect(await idsOf({ BrokerID: "AAAAA-AAAAA" })).toEqual([]);
    expect(await idsOf()).toEqual([ids[0], ids[2]]);
  });

  it("leaves out what has expired, before anybody noticed", async () => {
    clock.pass(5 * MINUTE);
    expect(await idsOf()).toEqual([]);
  });

  it("gives as many as a client reads, says that there are more, and goes on from the last", async () => {
    const key = foreignKey();
    const pad = "x".repeat(15_000);
    for (let count = 0; count < 97; count++) {
      const text = JSON.stringify({ TBSRequest: { ...PLAIN_REQUEST, Text: `<srml><h1>${count}</h1></srml>` } });
      const Request = foreignGeneral(key, { alg: "ES256", jwk: key.jwk, pad }, text);
      await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
    }
    const message = JSON.stringify({ PendingRequest: { Responder: ALICE } });
    const call = await sealCall(alice, { url: broker.endpoint, message, now: clock.read() });
    const answer = await sendHttp(broker.endpoint, { body: call.body, headers: { "content-type": CALL_CONTENT_TYPE } });
    expect(Buffer.byteLength(answer.text)).toBeLessThan(LIMITS.answerBytes);
    const first = await broker.signed(alice, { PendingRequest: { Responder: ALICE } });
    const entries = first.body["Entries"] as readonly JsonObject[];
    expect([entries.length < 100, first.body["More"]]).toEqual([true, true]);
    const AfterId = entries.at(-1)?.["Sequence"];
    const rest = await broker.signed(alice, { PendingRequest: { Responder: ALICE, AfterId } });
    expect((rest.body["Entries"] as readonly JsonObject[]).length + entries.length).toBe(100);
    expect(rest.body["More"]).toBeUndefined();
  });

  it("says that there are more where fewer were asked for", async () => {
    const more = async (MaxResponse: number) =>
      (await broker.signed(alice, { PendingRequest: { Responder: ALICE, MaxResponse } })).body["More"];
    expect([await more(2), await more(3)]).toEqual([true, undefined]);
  });
});

describe("Respond", () => {
  it("takes the same answer again, and REFUSED from a device that will not present a request", async () => {
    await start();
    const alice = await broker.connect(ALICE);
    const post = async () => {
      const Request = await signedRequest(await newKey());
      const answer = await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
      return { Request, BrokerID: answer.body["BrokerID"] };
    };
    const { Request, BrokerID } = await post();
    const Response = await signResponse(alice.key, { signedRequest: Request, value: false, created: SOME_TIME });
    const message = { RespondRequest: { Response: { BrokerID, RequestStatus: "Reply", Response } } };
    expect([(await broker.plain(message)).status, (await broker.signed(alice.key, message)).status]).toEqual([
      201, 201,
    ]);

    const other = await post();
    const refusal = { RespondRequest: { Response: { BrokerID: other.BrokerID, RequestStatus: "REFUSED" } } };
    expect((await broker.signed(alice.key, refusal)).status).toBe(201);
    expect((await broker.signed(alice.key, refusal)).status).toBe(201);
    const status = await broker.plain({ StatusRequest: { BrokerID: other.BrokerID } });
    expect(status.body["Response"]).toMatchObject({ RequestStatus: "REFUSED" });
  });

  it("takes nothing from a device that was removed with its account", async () => {
    await start();
    const alice = await broker.connect(ALICE);
    const Request = await signedRequest(await newKey());
    const posted = await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
    await broker.store.removeAccount(ALICE, SOME_TIME);
    const Response = await signResponse(alice.key, { signedRequest: Request, value: true, created: SOME_TIME });
    const BrokerID = posted.body["BrokerID"];
    const answer = await broker.plain({ RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response } } });
    expect(answer.status).toBe(403);
    expect((await broker.plain({ StatusRequest: { BrokerID } })).body["Response"]).toMatchObject({
      RequestStatus: "BCANCEL",
    });
  });
});
