/** Several devices of an account at the broker: asked about, let in or turned away, revoked, recovered. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recoverAccount, serviceKeyOf } from "../../../src/broker/index.ts";
import { openRequest, signResponse, signRevocation } from "../../../src/crypto/index.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import { type JsonObject, type Jws, LIMITS, type RequestEntry } from "../../../src/protocol/index.ts";
import { openEndorsement } from "../../../src/receipt/index.ts";
import type { TestBroker, TestDevice } from "../../support/broker.ts";
import { type FakeClock, HOUR, MINUTE, SECOND } from "../../support/fake-clock.ts";
import { startWithFirstDevice } from "../../support/first-device.ts";
import { ALICE, newKey, profileOf, signedRequest, inClear } from "../../support/signing.ts";

let clock: FakeClock;
let broker: TestBroker;
let first: TestDevice;
let pending: (key?: SigningKey) => Promise<readonly RequestEntry[]>;
beforeEach(async () => {
  const started = await startWithFirstDevice();
  ({ clock, broker, first } = started);
  pending = (key = first.key) => started.pending(key);
});
afterEach(() => broker.stop());

async function answer(value: boolean, key = first.key, more: object = {}) {
  const [entry] = await pending();
  if (entry?.BrokerID === undefined) throw new Error("Nothing is pending.");
  const response = { signedRequest: inClear(entry.Request), value, created: clock.read(), ...more };
  const Response = await signResponse(key, response);
  return broker.plain({
    RespondRequest: { Response: { BrokerID: entry.BrokerID, RequestStatus: "REPLY", Response } },
  });
}
/** Connects a further device and lets the first one say yes. */
async function endorsed(): Promise<TestDevice> {
  const device = await broker.connect(ALICE);
  expect((await answer(true)).status).toBe(201);
  return device;
}
async function profile() {
  const { body } = await broker.signed(first.key, { ProfileRequest: { Account: ALICE } });
  return body as unknown as Record<"Devices" | "Endorsements" | "Revocations", readonly Jws[]>;
}
const stateOf = async ({ key }: { readonly key: SigningKey }) => (await broker.store.device(ALICE, key.kid))?.state;
const devicesOf = (key: SigningKey, more: object = {}) =>
  broker.signed(key, { DevicesRequest: { Responder: ALICE, ...more } });
async function revoke(by: SigningKey, device: SigningKey, caller = by, created = clock.read()) {
  return devicesOf(caller, { Revoke: await signRevocation(by, { account: ALICE, kid: device.kid, created }) });
}

describe("a second device", () => {
  it("is asked about: the service key's own request, with its profile, for ten minutes", async () => {
    const second = await broker.connect(ALICE);
    const [entry] = await pending();
    if (entry === undefined) throw new Error("Nothing is pending.");
    const request = await openRequest(inClear(entry.Request));
    expect(request).toMatchObject({ fromId: "confirm@example.com", toId: ALICE, endorse: second.profile });
    expect(request.signer.kid).toBe(broker.service.kid);
    expect(request.expire).toBe(clock.read() + LIMITS.endorseMs);
    expect(request.text).toContain(second.key.kid);
    expect(entry.PostedBy).toBe(broker.service.kid);
  });

  it("is asked about once while that is open, and again by its next call when it was not answered", async () => {
    const second = await broker.connect(ALICE);
    const again = { Account: ALICE, DeviceName: "a browser", DeviceProfile: second.profile };
    await broker.signed(second.key, { ConnectRequest: again });
    expect(await pending()).toHaveLength(1);
    clock.pass(LIMITS.endorseMs);
    expect(await pending()).toHaveLength(0);
    await broker.signed(second.key, { ConnectRequest: again });
    expect(await pending()).toHaveLength(1);
  });

  it("becomes active by the first one's yes, which the Profile tells", async () => {
    const second = await endorsed();
    expect(await stateOf(second)).toBe("active");
    expect(await pending(second.key)).toEqual([]);
    const { Devices, Endorsements } = await profile();
    expect(Devices).toEqual([first.profile, second.profile]);
    const [endorsement] = await Promise.all(Endorsements.map(openEndorsement));
    expect(endorsement).toMatchObject({ endorser: first.key.kid, service: broker.service.kid, value: true });
    expect(endorsement?.device.jws).toEqual(second.profile);
  });

  it("can then let a third one in", async () => {
    const second = await endorsed();
    const third = await broker.connect(ALICE);
    expect((await answer(true, second.key)).status).toBe(201);
    expect(await stateOf(third)).toBe("active");
    expect((await profile()).Endorsements).toHaveLength(2);
  });

  it("cannot let itself in", async () => {
    const second = await broker.connect(ALICE);
    expect((await answer(true, second.key)).status).toBe(403);
    expect(await stateOf(second)).toBe("pending");
  });

  it("is out by the first one's no, and its key does not come back", async () => {
    const second = await broker.connect(ALICE);
    expect((await answer(false)).status).toBe(201);
    expect(await stateOf(second)).toBe("revoked");
    expect(await profile()).toMatchObject({ Devices: [first.profile], Endorsements: [], Revocations: [] });
    await expect(broker.connect(ALICE, second.key)).rejects.toThrow(/^403 /);
  });

  it("stays pending where the question expires", async () => {
    const second = await broker.connect(ALICE);
    const [entry] = await pending();
    clock.pass(LIMITS.endorseMs);
    const Response = await signResponse(first.key, {
      ...{ signedRequest: inClear(entry?.Request), value: true, created: clock.read() },
    });
    const message = { RespondRequest: { Response: { BrokerID: entry?.BrokerID, RequestStatus: "REPLY", Response } } };
    expect((await broker.plain(message)).status).toBe(410);
    expect(await stateOf(second)).toBe("pending");
  });

  it("is not let in by a yes that chooses something, or is not dated like the question", async () => {
    const second = await broker.connect(ALICE);
    for (const more of [{ choice: "yes" }, { created: clock.read() - HOUR }]) {
      expect((await answer(true, first.key, more)).status).toBe(400);
    }
    expect(await stateOf(second)).toBe("pending");
    expect(await pending()).toHaveLength(1);
  });

  it("that changed its profile meanwhile comes in with the one that was endorsed", async () => {
    const second = await broker.connect(ALICE);
    const changed = await profileOf(second.key);
    await broker.signed(second.key, {
      ConnectRequest: { Account: ALICE, DeviceName: "renamed", DeviceProfile: changed },
    });
    await answer(true);
    expect((await profile()).Devices).toEqual([first.profile, second.profile]);
  });

  it("cannot be asked about by anybody else, nor under the broker's name", async () => {
    const other = await newKey();
    const asking = { created: clock.read(), endorse: await profileOf(other) };
    for (const [key, fromId] of [
      [other, "payments@ethel.example"],
      [other, "confirm@example.com"],
      [first.key, ALICE],
    ] as const) {
      const Request = await signedRequest(key, { ...asking, fromId });
      const refused = await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
      expect(refused.status).toBe(403);
    }
    await expect(broker.connect("confirm@example.com")).rejects.toThrow(/^403 /);
  });

  it("can be cancelled by nobody but the broker", async () => {
    await broker.connect(ALICE);
    const [entry] = await pending();
    const cancel = { StatusRequest: { BrokerID: entry?.BrokerID, Cancel: true } };
    expect((await broker.plain(cancel)).status).toBe(401);
    expect((await broker.signed(first.key, cancel)).status).toBe(403);
  });

  it("may not have a profile that would not fit into the question", async () => {
    const key = await newKey();
    const { payload, signatures } = await profileOf(key);
    const [signature] = signatures;
    const padded = { payload: payload + "A".repeat(LIMITS.profileBytes), signatures: [signature] };
    const message = { ConnectRequest: { Account: ALICE, DeviceName: "x", DeviceProfile: padded } };
    expect((await broker.signed(key, message)).status).toBe(413);
  });
});

describe("Devices", () => {
  it("lists every device with name, dates and state, to an active device alone", async () => {
    clock.pass(HOUR - SECOND);
    const second = await broker.connect(ALICE);
    const { status, body } = await devicesOf(first.key);
    expect(status).toBe(201);
    expect(body["Devices"]).toMatchObject([
      { Kid: first.key.kid, DeviceName: "a browser", State: "active", LastSeen: "2030-03-01T13:00:00Z" },
      { Kid: second.key.kid, Created: "2030-03-01T13:00:00Z", State: "pending" },
    ]);
    expect((await devicesOf(second.key)).status).toBe(403);
    expect((await devicesOf(await newKey())).status).toBe(403);
    expect((await broker.plain({ DevicesRequest: { Responder: ALICE } })).status).toBe(401);
  });

  it("notes when a device was seen once an hour, and not at each call", async () => {
    const seen = async () => ((await devicesOf(first.key)).body["Devices"] as readonly JsonObject[])[0]?.["LastSeen"];
    const start = await seen();
    clock.pass(HOUR - 2 * SECOND);
    expect(await seen()).toBe(start);
    clock.pass(SECOND);
    expect(await seen()).toBe("2030-03-01T13:00:00Z");
  });

  it("revokes a device by its own word: its calls and answers end, and the Profile tells it for ever", async () => {
    const second = await endorsed();
    expect((await revoke(second.key, second.key)).status).toBe(202);
    expect(await stateOf(second)).toBe("revoked");
    for (const message of [{ PendingRequest: { Responder: ALICE } }, { DevicesRequest: { Responder: ALICE } }]) {
      expect((await broker.signed(second.key, message)).body).toMatchObject({ Status: 403, DeviceState: "revoked" });
    }
    const told = await profile();
    expect([told.Devices.length, told.Endorsements.length, told.Revocations.length]).toEqual([1, 1, 1]);
    expect((await revoke(second.key, second.key, first.key)).status).toBe(201);
    expect((await profile()).Revocations).toEqual(told.Revocations);
  });

  it("revokes a device by the word of the one that let it in, and by no other's", async () => {
    const second = await endorsed();
    expect((await revoke(second.key, first.key)).status).toBe(403);
    expect((await revoke(await newKey(), second.key, first.key)).status).toBe(403);
    expect((await revoke(first.key, second.key)).status).toBe(202);
    expect((await devicesOf(first.key)).body["Devices"]).toMatchObject([{ State: "active" }, { State: "revoked" }]);
    expect((await revoke(second.key, first.key, first.key)).status).toBe(403);
  });

  it("takes the word of one that still waits about itself alone: it is out, nothing asks about it, and it learns of no other", async () => {
    const second = await broker.connect(ALICE);
    expect((await revoke(second.key, first.key)).status).toBe(403);
    expect((await devicesOf(second.key)).status).toBe(403);
    const left = await revoke(second.key, second.key);
    expect(left).toMatchObject({ status: 202, body: { Devices: [{ Kid: second.key.kid, State: "revoked" }] } });
    expect(left.body["Devices"]).toHaveLength(1);
    expect(await pending()).toEqual([]);
    expect((await revoke(second.key, second.key)).status).toBe(403);
  });

  it("takes no revocation of another account, of another day, or of a device that is not there", async () => {
    const Revoke = await signRevocation(first.key, {
      ...{ account: "bob@example.com", kid: first.key.kid, created: clock.read() },
    });
    expect((await devicesOf(first.key, { Revoke })).status).toBe(400);
    for (const off of [-3 * MINUTE, 3 * MINUTE]) {
      expect((await revoke(first.key, first.key, first.key, clock.read() + off)).status).toBe(400);
    }
    expect((await revoke(first.key, await newKey())).status).toBe(404);
    expect(await stateOf(first)).toBe("active");
  });

  it("cancels what is pending with the last device, and a waiting enquirer hears of it", async () => {
    const Request = await signedRequest(await newKey(), { created: clock.read() });
    const posted = await broker.plain({ EnquireRequest: { Request: { Request, ResponderAccount: ALICE } } });
    const waiting = broker.plain({ StatusRequest: { BrokerID: posted.body["BrokerID"], Wait: 30 } });
    expect((await revoke(first.key, first.key)).status).toBe(202);
    expect((await waiting).body["Response"]).toMatchObject({ RequestStatus: "BCANCEL" });
  });
});

describe("recovery", () => {
  it("revokes every device by the service key; the first to connect by the new code is active", async () => {
    const second = await endorsed();
    const key = await serviceKeyOf(broker.store);
    const recovered = await recoverAccount(broker.store, key, ALICE, clock.read());
    expect([...(recovered?.revoked ?? [])].sort()).toEqual([first.key.kid, second.key.kid].sort());
    expect([await stateOf(first), await stateOf(second)]).toEqual(["revoked", "revoked"]);
    const next = await broker.connect(ALICE);
    expect(await stateOf(next)).toBe("active");
    expect(await profile()).toMatchObject({ Devices: [next.profile] });
    expect((await profile()).Revocations).toHaveLength(2);
  });

  it("is nothing for an account that does not exist", async () => {
    const key = await serviceKeyOf(broker.store);
    expect(await recoverAccount(broker.store, key, "bob@example.com", clock.read())).toBeUndefined();
  });
});
