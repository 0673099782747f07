/** The service's next key at the broker: announced, then signing, and the way to it told for good. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rotateServiceKey, serviceKeyOf } from "../../src/broker/index.ts";
import { importPublicKey, openNextServiceKey, openStamp, signResponse } from "../../src/crypto/index.ts";
import type { FlattenedJws, Jws, JsonObject, PublicJwk } from "../../src/protocol/index.ts";
import { startTestBroker, type TestBroker } from "../support/broker.ts";
import { type FakeClock, fakeClock, HOUR } from "../support/fake-clock.ts";
import { ALICE, newKey, profileOf, signedRequest } from "../support/signing.ts";

let folder: string;
let clock: FakeClock;
let broker: TestBroker;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "confirm-keys-"));
  clock = fakeClock();
  broker = await startTestBroker({ folder, clock: clock.read, open: true });
});
afterEach(async () => {
  await broker.stop();
  await rm(folder, { recursive: true });
});

const hello = async (): Promise<JsonObject> => (await broker.plain({ HelloRequest: {} })).body;
const kidOf = async (body: JsonObject): Promise<string> =>
  (await importPublicKey(body["ServiceKey"] as unknown as PublicJwk)).kid;

async function restart(): Promise<void> {
  await broker.stop();
  broker = await startTestBroker({ folder, clock: clock.read, open: true });
}

/** As `confirm service-key rotate` does it, on a connection of its own. */
async function rotate(inMs = HOUR): Promise<{ readonly former: string; readonly next: string }> {
  const rotation = await rotateServiceKey(broker.store, clock.read(), clock.read() + inMs);
  if (rotation.kind !== "rotated") throw new Error(rotation.kind);
  return rotation;
}

describe("the next service key", () => {
  it("is announced by the old one, takes over at its time, and what led to it is told on", async () => {
    const before = await hello();
    expect(before["NextServiceKey"]).toBeUndefined();
    const { former, next } = await rotate();
    expect(former).toBe(broker.service.kid);
    await restart();
    const announced = await hello();
    expect(await kidOf(announced)).toBe(former);
    const handover = await openNextServiceKey(announced["NextServiceKey"] as unknown as Jws);
    expect(handover).toMatchObject({ signer: { kid: former }, next: { kid: next } });
    clock.pass(HOUR);
    // The test's broker verifies each sealed answer by the key that it started with; the plain one is enough here.
    const after = await hello();
    expect(await kidOf(after)).toBe(next);
    expect(broker.running.serviceKid).toBe(next);
    expect(after["NextServiceKey"]).toEqual(announced["NextServiceKey"]);
    expect(await serviceKeyOf(broker.store, clock.read())).toMatchObject({ kid: next });
    expect(await serviceKeyOf(broker.store, clock.read() - 1)).toMatchObject({ kid: former });
  });

  it("seals the answers from then on", async () => {
    const { next } = await rotate();
    clock.pass(HOUR);
    await restart();
    expect(broker.service.kid).toBe(next);
    expect((await broker.signed(await newKey(), { HelloRequest: {} })).status).toBe(201);
  });

  it("stamps what the former one stamped, and that keeps its date", async () => {
    const device = await broker.connect(ALICE);
    const bank = await newKey();
    const request = await signedRequest(bank);
    const posted = await broker.plain({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } });
    const { BrokerID } = posted.body;
    const answer = await signResponse(device.key, { signedRequest: request, value: true, created: clock.read() });
    await broker.plain({ RespondRequest: { Response: { BrokerID, RequestStatus: "REPLY", Response: answer } } });
    const stamp = async () =>
      (await broker.plain({ StatusRequest: { BrokerID } })).body["Stamp"] as unknown as FlattenedJws;

    const first = await stamp();
    await restart();
    expect(await stamp()).toEqual(first);
    const { former, next } = await rotate(0);
    await restart();
    const later = await stamp();
    expect(later.payload).toBe(first.payload);
    expect((await openStamp(first)).signer.kid).toBe(former);
    expect((await openStamp(later)).signer.kid).toBe(next);
  });

  it("is noticed by a broker that runs", async () => {
    const { next } = await rotate(0);
    const end = Date.now() + 10_000;
    while (broker.running.serviceKid !== next) {
      if (Date.now() > end) throw new Error("It was not noticed.");
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  });

  it("is told in Connect, too", async () => {
    await rotate();
    await restart();
    const key = await newKey();
    const connected = await broker.signed(key, {
      ConnectRequest: {
        Account: "bob@localhost",
        DeviceName: "a phone",
        DeviceProfile: await profileOf(key, "bob@localhost"),
      },
    });
    expect(connected.status).toBe(201);
    expect(connected.body["NextServiceKey"]).toEqual((await hello())["NextServiceKey"]);
  });

  it("is one at a time", async () => {
    const { next } = await rotate();
    expect(await rotateServiceKey(broker.store, clock.read(), clock.read())).toMatchObject({ kind: "waiting", next });
    clock.pass(HOUR);
    expect(await rotate()).toMatchObject({ former: next });
    await restart();
    const { ServiceKeyChain } = await hello();
    expect(ServiceKeyChain).toHaveLength(1);
  });

  it("is one where two operators make it at the same time", async () => {
    const both = await Promise.all([0, 1].map(() => rotateServiceKey(broker.store, clock.read(), clock.read() + HOUR)));
    expect(both.map(({ kind }) => kind).sort()).toEqual(["rotated", "waiting"]);
    expect(await broker.store.laterServiceKeys()).toHaveLength(1);
  });
});
