/** A device that changes its keys: the account's other devices are asked, and until one says yes the profile before counts. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  encryptionJwkOf,
  newEncryptionPair,
  openRequest,
  signDeviceProfile,
  signResponse,
  signRevocation,
} from "../../../src/crypto/index.ts";
import { type Jws, LIMITS, type RequestEntry } from "../../../src/protocol/index.ts";
import { newAuthenticator } from "../../support/authenticator.ts";
import type { TestBroker, TestDevice } from "../../support/broker.ts";
import { type FakeClock, SECOND } from "../../support/fake-clock.ts";
import { startWithFirstDevice } from "../../support/first-device.ts";
import { ALICE, inClear } from "../../support/signing.ts";

const FINGER = await newAuthenticator();
const OTHER_FINGER = await newAuthenticator();
const ENCRYPTION = await encryptionJwkOf(await newEncryptionPair({ extractable: true }));

let clock: FakeClock;
let broker: TestBroker;
let first: TestDevice;
let pending: (device: TestDevice) => Promise<readonly RequestEntry[]>;
beforeEach(async () => {
  const started = await startWithFirstDevice();
  ({ clock, broker, first } = started);
  pending = ({ key }) => started.pending(key);
});
afterEach(() => broker.stop());

async function answer(by: TestDevice, value: boolean, asked?: RequestEntry): Promise<number> {
  const entry = asked ?? (await pending(by))[0];
  if (entry?.BrokerID === undefined) throw new Error("Nothing is pending.");
  const parts = { signedRequest: inClear(entry.Request), value, created: clock.read() };
  const Response = await signResponse(by.key, parts);
  const reply = { BrokerID: entry.BrokerID, RequestStatus: "REPLY", Response };
  return (await broker.plain({ RespondRequest: { Response: reply } })).status;
}
/** A second device of the account, which the first let in. */
async function secondDevice(): Promise<TestDevice> {
  const device = await broker.connect(ALICE);
  expect(await answer(first, true)).toBe(201);
  return device;
}
function profileWith({ key }: TestDevice, finger = FINGER): Promise<Jws> {
  const parts = { account: ALICE, encryptionKey: ENCRYPTION, created: clock.read(), presence: finger.body };
  return signDeviceProfile(key, parts);
}
const change = async ({ key }: TestDevice, DeviceProfile: Jws) =>
  (await broker.signed(key, { ConnectRequest: { Account: ALICE, DeviceName: "a browser", DeviceProfile } })).body;
async function profile() {
  const { body } = await broker.signed(first.key, { ProfileRequest: { Account: ALICE } });
  return body as unknown as Record<"Devices" | "Endorsements", readonly Jws[]>;
}

describe("a profile with other keys", () => {
  it("of the only device counts at once: there is nobody to ask", async () => {
    const changed = await profileWith(first);
    expect(await change(first, changed)).toMatchObject({ Status: 202, State: "active" });
    expect(await pending(first)).toEqual([]);
    expect((await profile()).Devices).toEqual([changed]);
  });

  it("is asked about at the other devices alone, in the broker's own request; the Profile shows the one before", async () => {
    const second = await secondDevice();
    const changed = await profileWith(second);
    expect(await change(second, changed)).toMatchObject({ Status: 202, State: "pending" });
    const [entry] = await pending(first);
    const request = await openRequest(inClear(entry?.Request));
    expect(request).toMatchObject({ fromId: "confirm@example.com", toId: ALICE, endorse: changed });
    expect(request.signer.kid).toBe(broker.service.kid);
    expect(request.expire).toBe(clock.read() + LIMITS.endorseMs);
    expect(await pending(second)).toEqual([]);
    expect((await profile()).Devices).toEqual([first.profile, second.profile]);
  });

  it("counts from another device's yes on, which stands in the Profile beside the one that let the device in", async () => {
    const second = await secondDevice();
    const changed = await profileWith(second);
    await change(second, changed);
    expect(await answer(first, true)).toBe(201);
    const { Devices, Endorsements } = await profile();
    expect(Devices).toEqual([first.profile, changed]);
    expect(Endorsements).toHaveLength(2);
  });

  it("of the first device is let in by the second, which may revoke it from then on as one that it let in", async () => {
    const second = await secondDevice();
    const changed = await profileWith(first);
    await change(first, changed);
    expect(await answer(second, true)).toBe(201);
    expect((await profile()).Devices).toEqual([changed, second.profile]);
    const Revoke = await signRevocation(second.key, { account: ALICE, kid: first.key.kid, created: clock.read() });
    expect((await broker.signed(second.key, { DevicesRequest: { Responder: ALICE, Revoke } })).status).toBe(202);
  });

  it("is not let in by its own device, whoever has its key", async () => {
    await secondDevice();
    const changed = await profileWith(first);
    await change(first, changed);
    const device = await broker.store.device(ALICE, first.key.kid);
    const [asked] = await broker.store.pending({
      ...{ account: ALICE, now: clock.read(), limit: 1, brokerId: device?.asked ?? "" },
    });
    if (asked === undefined) throw new Error("Nothing was asked.");
    const entry = { BrokerID: asked.brokerId, Request: asked.request } as RequestEntry;
    expect(await answer(first, true, entry)).toBe(403);
    expect((await profile()).Devices).not.toContainEqual(changed);
  });

  it("that another device turns down leaves the device as it was, and active", async () => {
    const second = await secondDevice();
    await change(second, await profileWith(second));
    expect(await answer(first, false)).toBe(201);
    expect((await profile()).Devices).toEqual([first.profile, second.profile]);
    expect(await broker.store.device(ALICE, second.key.kid)).toMatchObject({ state: "active", wanted: undefined });
  });

  it("is asked about once while that is open, and again by the next call when nobody answered", async () => {
    const second = await secondDevice();
    const changed = await profileWith(second);
    await change(second, changed);
    expect(await change(second, changed)).toMatchObject({ State: "pending" });
    expect(await pending(first)).toHaveLength(1);
    clock.pass(LIMITS.endorseMs);
    expect(await pending(first)).toEqual([]);
    await change(second, changed);
    expect(await pending(first)).toHaveLength(1);
  });

  it("takes the place of one that was asked about before; a yes to that one changes nothing", async () => {
    const second = await secondDevice();
    await change(second, await profileWith(second, OTHER_FINGER));
    const [before] = await pending(first);
    const changed = await profileWith(second);
    await change(second, changed);
    expect(await pending(first)).toHaveLength(1);
    expect(await answer(first, true, before)).toBe(410);
    expect((await profile()).Devices).toEqual([first.profile, second.profile]);
    expect(await answer(first, true)).toBe(201);
    expect((await profile()).Devices).toEqual([first.profile, changed]);
  });

  it("is taken back by the profile before: the question goes", async () => {
    const second = await secondDevice();
    await change(second, await profileWith(second));
    expect(await change(second, second.profile)).toMatchObject({ State: "active" });
    expect(await pending(first)).toEqual([]);
  });

  it("waits for consent by a connect code too: a code does not stand for another device", async () => {
    const second = await secondDevice();
    const again = await broker.connect(ALICE, second.key);
    expect(again.profile).not.toEqual(second.profile);
    expect((await profile()).Devices).toEqual([first.profile, second.profile]);
    expect(await pending(first)).toHaveLength(1);
  });

  it("is no other where only its date or the device's name changed", async () => {
    const second = await secondDevice();
    const keys = await profileWith(second);
    await change(second, keys);
    await answer(first, true);
    clock.pass(SECOND);
    const redated = await profileWith(second);
    expect(await change(second, redated)).toMatchObject({ Status: 202, State: "active" });
    expect((await profile()).Devices).toEqual([first.profile, redated]);
    expect(await pending(first)).toEqual([]);
  });
});
