/** The broker's key is replaced: enquirer and device follow the pinned key's own word to the next one, and no other word. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, rotateServiceKey } from "../../src/broker/index.ts";
import { deviceLine } from "../../src/client/index.ts";
import { signNextServiceKey, type SigningKey, type VerifyKey } from "../../src/crypto/index.ts";
import { Enquirer, type Notice, verifyReceipt } from "../../src/enquirer/index.ts";
import { startTestBroker, type TestBroker } from "../support/broker.ts";
import { userAt } from "../support/co-responder.ts";
import { type FalseBroker, openFalseBroker } from "../support/false-broker.ts";
import { newKey } from "../support/signing.ts";

const ALICE = "alice@localhost";

let home: string;
let notices: Notice[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "rotation-"));
  notices = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

const bankAt = (broker: string): Promise<Enquirer> =>
  Enquirer.open({
    home: join(home, "bank"),
    fromId: "payments@ethel.example",
    broker,
    onNotice: (notice) => notices.push(notice),
  });

interface ServicePins {
  readonly services: readonly { readonly kid: string; readonly former?: readonly string[] }[];
}
const pinnedNow = async (): Promise<ServicePins["services"][number] | undefined> =>
  (JSON.parse(await readFile(join(home, "bank", "pins.json"), "utf8")) as ServicePins).services[0];

describe("a broker whose operator replaced its key", () => {
  let broker: TestBroker;
  beforeEach(async () => {
    broker = await startTestBroker({ folder: join(home, "broker") });
  });
  afterEach(() => broker.stop());

  /** Makes the next key, which signs at once. */
  async function rotate(): Promise<string> {
    const store = await openStore(join(home, "broker"));
    const rotation = await rotateServiceKey(store, Date.now(), Date.now());
    await store.close();
    if (rotation.kind !== "rotated") throw new Error(rotation.kind);
    const end = Date.now() + 10_000;
    while (broker.running.serviceKid !== rotation.next) {
      if (Date.now() > end) throw new Error("The broker did not notice.");
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    return rotation.next;
  }

  it("is followed by an enquirer that pinned the old key, through one handover and through two", async () => {
    const alice = await userAt(broker, ALICE);
    const bank = await bankAt(broker.endpoint);
    const question = { to: ALICE, request: { heading: "Pay" }, pin: alice.device.key.kid };
    const before = await bank.post(question);
    const old = broker.service.kid;
    const second = await rotate();
    expect(await bank.status(before)).toBeUndefined();
    expect(await pinnedNow()).toMatchObject({ kid: second, former: [old] });
    expect(notices).toContainEqual({
      ...{ kind: "service_key_replaced", endpoint: broker.endpoint, kid: second, former: old },
    });
    await rotate();
    const fourth = await rotate();
    expect(await bank.status(before)).toBeUndefined();
    expect(await pinnedNow()).toMatchObject({ kid: fourth, former: [second, old] });
    expect(notices.filter(({ kind }) => kind === "service_key_replaced")).toHaveLength(2);
  });

  it("is followed by a device, which stores the key and hears of it once", async () => {
    const alice = await userAt(broker, ALICE);
    const bank = await bankAt(broker.endpoint);
    await bank.post({ to: ALICE, request: { heading: "Pay" }, pin: alice.device.key.kid });
    const next = await rotate();
    let service: VerifyKey = broker.service;
    const adopted: string[] = [];
    const line = deviceLine({
      credentials: () => Promise.resolve({ key: alice.device.key, service }),
      adopt: (_, key) => {
        adopted.push(key.kid);
        service = key;
        return Promise.resolve();
      },
      fetch: globalThis.fetch,
      clock: Date.now,
    });
    const account = { account: ALICE, broker: broker.endpoint };
    expect((await line.pending(account)).entries).toHaveLength(1);
    expect((await line.pending(account)).entries).toHaveLength(1);
    expect(adopted).toEqual([next]);
    // This one was told of no way to store another key: for it any other is an alarm.
    await expect(alice.pending()).rejects.toMatchObject({ code: "wrong_key" });
  });

  it("takes a device's answer under the new key, and the receipt has its stamp", async () => {
    const alice = await userAt(broker, ALICE);
    const bank = await bankAt(broker.endpoint);
    const posted = await bank.post({ to: ALICE, request: { heading: "Pay" }, pin: alice.device.key.kid });
    await alice.answer(true);
    const old = broker.service.kid;
    const next = await rotate();
    const result = await bank.wait(posted);
    if (result.result !== "accepted") throw new Error(result.result);
    const pins = [{ kid: alice.device.key.kid }];
    expect((await verifyReceipt(result.receipt, { pins, services: [next] })).received?.serviceKid).toBe(next);
    expect((await verifyReceipt(result.receipt, { pins, services: [old] })).received).toBeUndefined();
  });
});

describe("a broker that answers by another key", () => {
  let broker: FalseBroker;
  let old: SigningKey;
  let pretender: FalseBroker;
  beforeEach(async () => {
    old = await newKey();
    broker = await openFalseBroker(old);
    await (await bankAt(broker.wire.endpoint)).devices(ALICE);
    pretender = await openFalseBroker();
    // From now on somebody else answers at the address.
    broker.wire.behaviour = pretender.wire.behaviour;
  });
  afterEach(async () => {
    await broker.wire.close();
    await pretender.wire.close();
  });

  async function outcomeOf(hello: object): Promise<string> {
    pretender.says.set("Hello", () => ({
      HelloResponse: { Status: 201, ServiceKey: pretender.service.jwk, ...hello },
    }));
    const bank = await bankAt(broker.wire.endpoint);
    return bank.devices(ALICE).then(
      () => "followed",
      (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "?"),
    );
  }

  it("is followed where the pinned key says so", async () => {
    const NextServiceKey = await signNextServiceKey(old, pretender.service.jwk, Date.now());
    expect(await outcomeOf({ NextServiceKey })).toBe("followed");
    expect((await pinnedNow())?.kid).toBe(pretender.service.kid);
  });

  it.each<[string, () => Promise<object> | object]>([
    ["says nothing about it", () => ({})],
    [
      "says so itself",
      async () => ({ NextServiceKey: await signNextServiceKey(pretender.service, pretender.service.jwk, 0) }),
    ],
    [
      "has a stranger say so",
      async () => ({ NextServiceKey: await signNextServiceKey(await newKey(), pretender.service.jwk, 0) }),
    ],
    [
      "has the pinned key's word for another key",
      async () => ({ NextServiceKey: await signNextServiceKey(old, (await newKey()).jwk, 0) }),
    ],
    [
      "names the pinned key's true successor, and does not have it",
      async () => {
        const next = await newKey();
        return { ServiceKey: next.jwk, NextServiceKey: await signNextServiceKey(old, next.jwk, 0) };
      },
    ],
    ["names the pinned key", () => ({ ServiceKey: old.jwk })],
  ])("is an alarm where it %s, and the pin stays", async (_, hello) => {
    expect(await outcomeOf(await hello())).toBe("broker_key_changed");
    expect(await pinnedNow()).toMatchObject({ kid: old.kid });
    expect(notices.map(({ kind }) => kind)).not.toContain("service_key_replaced");
  });
});
