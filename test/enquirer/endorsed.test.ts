/** Several devices of an account, to whoever asks: endorsed ones count, revoked ones never again, replaced ones are an alarm. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY, recoverAccount, serviceKeyOf } from "../../src/broker/index.ts";
import { openRequest, signResponse, signRevocation } from "../../src/crypto/index.ts";
import { type Answered, Enquirer, EnquirerError, type Notice, verifyReceipt } from "../../src/enquirer/index.ts";
import { type Jws, LIMITS, type RequestEntry } from "../../src/protocol/index.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../support/broker.ts";
import { type User, userAt, userWith } from "../support/co-responder.ts";
import { endorsementBy } from "../support/endorsing.ts";
import { type FalseBroker, openFalseBroker } from "../support/false-broker.ts";
import { inClear, newKey, profileOf } from "../support/signing.ts";

const BANK = "payments@ethel.example";

let broker: TestBroker;
let home: string;
let bank: Enquirer;
let alice: User;
let account: string;
let notices: Notice[];
let accounts = 0;

beforeAll(async () => {
  broker = await startTestBroker({ policy: { ...DEFAULT_POLICY, limits: undefined } });
});
afterAll(() => broker.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "enquirer-"));
  notices = [];
  accounts += 1;
  account = `several${accounts}@localhost`;
  alice = await userAt(broker, account);
  bank = await openBank(broker.endpoint);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const openBank = (endpoint: string): Promise<Enquirer> =>
  Enquirer.open({ home, fromId: BANK, broker: endpoint, onNotice: (notice) => notices.push(notice) });

/** Connects a further device, and lets this one say yes to it. */
async function further(by: TestDevice): Promise<User> {
  const device = await broker.connect(account);
  const { body } = await broker.signed(by.key, { PendingRequest: { Responder: account } });
  for (const entry of body["Entries"] as unknown as readonly RequestEntry[]) {
    if ((await openRequest(inClear(entry.Request))).endorse === undefined) continue;
    const Response = await signResponse(by.key, {
      signedRequest: inClear(entry.Request),
      value: true,
      created: Date.now(),
    });
    const said = { BrokerID: entry.BrokerID, RequestStatus: "REPLY", Response };
    expect((await broker.plain({ RespondRequest: { Response: said } })).status).toBe(201);
  }
  return userWith(broker, device);
}
async function revoke(by: TestDevice, device: TestDevice): Promise<Jws> {
  // A minute ahead, because what was signed in the very second of a revocation does not count either.
  const kid = device.key.kid;
  const Revoke = await signRevocation(by.key, { account, kid, created: Date.now() + 60_000 });
  const { status } = await broker.signed(by.key, { DevicesRequest: { Responder: account, Revoke } });
  expect(status).toBe(202);
  return Revoke;
}
async function recover(): Promise<User> {
  await recoverAccount(broker.store, await serviceKeyOf(broker.store), account, Date.now());
  return userWith(broker, await broker.connect(account));
}
async function accepted(user: User, trustOnFirstUse = false): Promise<Answered> {
  const posted = await bank.post({ to: account, request: { heading: "Pay 1,200.00 EUR" }, trustOnFirstUse });
  await user.answer(true);
  const result = await bank.wait(posted);
  if (result.result !== "accepted") throw new Error(`It was ${result.result}.`);
  return result;
}
async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof EnquirerError) return error.code;
      throw error;
    },
  );
}
const asked = (trustOnFirstUse = false) =>
  bank.post({ to: account, request: { heading: "Pay 1,200.00 EUR" }, trustOnFirstUse });

describe("an endorsed device", () => {
  it("answers in the pinned one's place, and the receipt proves it from the pins of that one and the broker", async () => {
    await bank.pin(account, alice.device.key.kid);
    const second = await further(alice.device);
    const { trust, deviceKid, receipt } = await accepted(second);
    expect([trust, deviceKid, receipt.Trust]).toEqual(["endorsed", second.device.key.kid, "endorsed"]);
    const pins = [{ kid: alice.device.key.kid, account }];
    const verified = await verifyReceipt(receipt, { pins, services: [broker.service.kid] });
    expect(verified.anchor).toBe("endorsed");
    expect(notices.map(({ kind }) => kind)).not.toContain("unpinned_device");
  });

  it("can endorse another, and its own revocation does not undo that", async () => {
    await bank.pin(account, alice.device.key.kid);
    const second = await further(alice.device);
    const third = await further(second.device);
    expect(await accepted(third)).toMatchObject({ trust: "endorsed" });
    await revoke(second.device, second.device);
    const { receipt } = await accepted(third);
    expect(receipt.Endorsements).toHaveLength(2);
    expect(receipt.Revocations).toHaveLength(1);
    const known = { pins: [{ kid: alice.device.key.kid }], services: [broker.service.kid] };
    expect((await verifyReceipt(receipt, known)).anchor).toBe("endorsed");
  });

  it("of a device of first use is no more than first use", async () => {
    await accepted(alice, true);
    expect(await accepted(await further(alice.device))).toMatchObject({ trust: "first-use" });
  });

  it("does not count where nobody that is pinned endorsed it, and is reported", async () => {
    await bank.pin(account, alice.device.key.kid);
    await revoke(alice.device, alice.device);
    const stranger = await userAt(broker, account);
    expect(await codeOf(asked())).toBe("device_revoked");
    await bank.pin(account, stranger.device.key.kid);
    const friend = await further(stranger.device);
    expect(await accepted(friend)).toMatchObject({ trust: "endorsed" });
  });
});

describe("a revoked device", () => {
  it("does not count any more, once the enquirer was told by whom", async () => {
    await bank.pin(account, alice.device.key.kid);
    const second = await further(alice.device);
    await bank.pin(account, second.device.key.kid);
    await revoke(alice.device, second.device);
    await accepted(alice);
    expect(notices.filter(({ kind }) => kind === "device_revoked")).toEqual([
      { kind: "device_revoked", account, device: second.device.key.kid, by: "device" },
    ]);
    await accepted(alice);
    expect(notices.filter(({ kind }) => kind === "device_revoked")).toHaveLength(1);
    expect(await codeOf(bank.pin(account, second.device.key.kid))).toBe("device_revoked");
  });

  it("that signs for a question that was open gets no yes out of it", async () => {
    await bank.pin(account, alice.device.key.kid);
    const second = await further(alice.device);
    const posted = await asked();
    await second.answer(true);
    await revoke(alice.device, second.device);
    expect(await codeOf(bank.wait(posted))).toBe("untrusted_answer");
  });
});

describe("a device that the operator replaced", () => {
  it.each([
    ["pinned", false],
    ["of first use", true],
  ])("is an alarm to whoever had it %s, each time, until a person pins the new one", async (_, firstUse) => {
    if (firstUse) await accepted(alice, true);
    else await bank.pin(account, alice.device.key.kid);
    const next = await recover();
    for (let time = 0; time < 2; time++) {
      const failed: unknown = await asked(true).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: "device_replaced" });
      expect((failed as Error).message).toMatch(/^device replaced by the operator: .*fingerprint/);
    }
    expect(await next.pending()).toEqual([]);
    expect(notices).toContainEqual({
      ...{ kind: "device_revoked", account, device: alice.device.key.kid, by: "service" },
    });
    await bank.pin(account, next.device.key.kid);
    expect(await accepted(next)).toMatchObject({ trust: "pinned" });
  });

  it("is one as well where it was only endorsed", async () => {
    await bank.pin(account, alice.device.key.kid);
    await further(alice.device);
    await recover();
    expect(await codeOf(asked())).toBe("device_replaced");
  });
});

describe("a broker that lies about devices", () => {
  let liar: FalseBroker;
  beforeEach(async () => {
    liar = await openFalseBroker();
    bank = await openBank(liar.wire.endpoint);
  });
  afterEach(() => liar.wire.close());
  const says = (more: object) =>
    liar.says.set("Profile", () => ({
      ProfileResponse: { Status: 201, Account: account, Devices: liar.profiles, ...more },
    }));

  it("does not bring a revoked device back by telling nothing of it any more", async () => {
    const [one, two] = [await newKey(), await newKey()];
    liar.profiles = [await profileOf(one, account), await profileOf(two, account)];
    await bank.pin(account, one.kid);
    await bank.pin(account, two.kid);
    says({ Revocations: [await signRevocation(two, { account, kid: two.kid, created: Date.now() })] });
    await asked();
    says({});
    const posted = await asked();
    const Response = await signResponse(two, { signedRequest: posted.request, value: true, created: Date.now() });
    liar.says.set("Status", () => ({
      StatusResponse: {
        Status: 201,
        Response: { BrokerID: posted.brokerId, RequestStatus: "REPLY", Response },
      },
    }));
    expect(await codeOf(bank.wait(posted))).toBe("untrusted_answer");
    const pins = JSON.parse(await readFile(join(home, "pins.json"), "utf8")) as { revocations: object[] };
    expect(pins.revocations).toMatchObject([{ kid: two.kid, by: "device" }]);
  });

  it("cannot make a device count by endorsements among its own, or by another key's question", async () => {
    const [one, two, three] = [await newKey(), await newKey(), await newKey()];
    await bank.pin(account, one.kid);
    const at = Date.now();
    const parts = { service: liar.service, account, at };
    liar.profiles = [await profileOf(two, account)];
    says({
      Endorsements: [
        await endorsementBy({ ...parts, by: two, device: two }),
        await endorsementBy({ ...parts, by: three, device: two }),
        await endorsementBy({ ...parts, by: two, device: three }),
        await endorsementBy({ ...parts, service: await newKey(), by: one, device: two }),
        await endorsementBy({ ...parts, by: one, device: two, answer: { value: false } }),
      ],
    });
    await asked();
    expect(notices).toContainEqual({ kind: "unpinned_device", account, kids: [two.kid] });
  });

  it("cannot revoke a pinned device by a stranger's word", async () => {
    const [one, two] = [await newKey(), await newKey()];
    await bank.pin(account, one.kid);
    says({ Revocations: [await signRevocation(two, { account, kid: one.kid, created: Date.now() })] });
    expect(await codeOf(asked())).toBe("done");
  });

  it("is read to the end up to as many revocations as an account may have, and not beyond", async () => {
    const one = await newKey();
    await bank.pin(account, one.kid);
    const revocation = await signRevocation(one, { account: "other@localhost", kid: one.kid, created: Date.now() });
    says({ Revocations: Array.from({ length: LIMITS.devices }, () => revocation) });
    expect(await codeOf(asked())).toBe("done");
    says({ Revocations: Array.from({ length: LIMITS.devices + 1 }, () => revocation) });
    expect(await codeOf(asked())).toBe("undeliverable");
  });
});
