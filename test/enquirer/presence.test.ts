/** Demanding presence: which key may prove it, that a thief of the device's key cannot, and what a receipt says years later. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import { encryptionJwkOf, newEncryptionPair, signDeviceProfile, signResponse } from "../../src/crypto/index.ts";
import { type AskResult, Enquirer, type Notice, type Posted, verifyReceipt } from "../../src/enquirer/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { decideEndorsement, deliverDue, pendingEndorsements, poll, present } from "../../src/responder/index.ts";
import { type Authenticator, newAuthenticator } from "../support/authenticator.ts";
import { startTestBroker, type TestBroker, type TestDevice } from "../support/broker.ts";
import { type User, userWith } from "../support/co-responder.ts";

let broker: TestBroker;
let home: string;
let bank: Enquirer;
let device: TestDevice;
let finger: Authenticator;
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
  device = await broker.connect(`alice${accounts}@localhost`);
  finger = await newAuthenticator();
  bank = await Enquirer.open({
    home,
    fromId: "payments@ethel.example",
    broker: broker.endpoint,
    onNotice: (notice) => notices.push(notice),
  });
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The device tells its broker of a key for presence. */
async function names(authenticator: Authenticator, { account, key } = device): Promise<number> {
  const encryptionKey = await encryptionJwkOf(await newEncryptionPair({ extractable: true }));
  const parts = { account, encryptionKey, created: Date.now(), presence: authenticator.body };
  const DeviceProfile = await signDeviceProfile(key, parts);
  const answer = await broker.signed(key, {
    ConnectRequest: { Account: account, DeviceName: "a browser", DeviceProfile },
  });
  return answer.status;
}

/** The user of a device lets another one in, or its change, and shows that they are there. */
function endorsing(by: TestDevice, finger: Authenticator): (other: TestDevice) => Promise<void> {
  const { ports, account } = userWith(broker, by, finger);
  return async (other) => {
    await poll(ports, account);
    const [entry] = await pendingEndorsements(ports, [account]);
    if (entry === undefined) throw new Error("Nothing is asked.");
    const ref = { ...account, id: entry.brokerId, digest: entry.digest };
    await present(ports, ref);
    const yes = { ...ref, value: true, typed: other.key.kid.slice(-11), reason: undefined };
    let outcome = await decideEndorsement(ports, yes, { armingMs: 0 });
    if ("prompt" in outcome) {
      const { created, challenge } = outcome.prompt;
      const presence = { created, assertion: finger.assert(challenge) };
      outcome = await decideEndorsement(ports, { ...yes, presence }, { armingMs: 0 });
    }
    if (!outcome.ok) throw new Error(outcome.refusal);
    await deliverDue(ports, account, () => 1000);
  };
}

const user = (by?: Authenticator): User => userWith(broker, device, by);
const post = (more: { readonly trustOnFirstUse?: boolean } = {}): Promise<Posted> =>
  bank.post({ to: device.account, request: { heading: "Pay" }, pin: device.key.kid, presence: true, ...more });
const FIRST = { trustOnFirstUse: true };

async function accepted(work: Promise<AskResult>): Promise<Extract<AskResult, { readonly receipt: unknown }>> {
  const result = await work;
  if (!("receipt" in result) || result.result !== "accepted") throw new Error(result.result);
  return result;
}

describe("a demanded proof of presence", () => {
  it("makes a yes; its receipt verifies with the pinned key for presence and not without", async () => {
    expect(await names(finger)).toBe(202);
    await bank.pin(device.account, device.key.kid, { presence: finger.key.key.kid });
    const posted = await post();
    expect((await user(finger).look()).presence).toBe("ask");
    await user(finger).answer(true);
    const { receipt } = await accepted(bank.wait(posted));
    const pins = [{ kid: device.key.kid }];
    const { checks } = await verifyReceipt(receipt, { pins, presence: [finger.key.key.kid] });
    expect(checks).toContainEqual(expect.objectContaining({ name: "presence", outcome: "passed" }));
    await expect(verifyReceipt(receipt, { pins })).rejects.toMatchObject({ code: "presence" });
    await expect(verifyReceipt(receipt, { pins, presence: [device.key.kid] })).rejects.toMatchObject({
      code: "presence",
    });
  });

  it("is a part of the answer that a receipt cannot lose, or borrow from another answer", async () => {
    await names(finger);
    const [one, other] = [await post(FIRST), await post(FIRST)];
    await user(finger).answer(true);
    await user(finger).answer(true);
    const [first, second] = [await accepted(bank.wait(one)), await accepted(bank.wait(other))];
    const known = { pins: [{ kid: device.key.kid }], presence: [finger.key.key.kid] };
    const withHeader = (from: Jws | undefined): Promise<unknown> => {
      const signatures = first.receipt.Response.signatures.map(({ header, ...rest }) => {
        const presence = from?.signatures[0]?.header?.presence;
        return { ...rest, header: { kid: header?.kid ?? "", ...(presence === undefined ? {} : { presence }) } };
      });
      return verifyReceipt({ ...first.receipt, Response: { ...first.receipt.Response, signatures } }, known);
    };
    await withHeader(first.receipt.Response);
    await expect(withHeader(undefined)).rejects.toMatchObject({ code: "presence" });
    await expect(withHeader(second.receipt.Response)).rejects.toMatchObject({ code: "presence" });
  });

  it("is not needed for a no", async () => {
    await names(finger);
    const posted = await post(FIRST);
    await user().answer(false);
    expect(await bank.wait(posted)).toMatchObject({ result: "rejected" });
  });

  it("is not asked for where no key for it counts: the user is not disturbed", async () => {
    await expect(post(FIRST)).rejects.toMatchObject({ code: "no_presence" });
    await names(finger);
    await expect(post()).rejects.toMatchObject({ code: "no_presence" });
    expect(await user().pending()).toEqual([]);
  });

  it("that is missing is no yes: what a device signs without its user does not count", async () => {
    await names(finger);
    const posted = await post(FIRST);
    const signed = await signResponse(device.key, { signedRequest: posted.request, value: true, created: Date.now() });
    const Response = { BrokerID: posted.brokerId, RequestStatus: "REPLY", Response: signed };
    expect((await broker.plain({ RespondRequest: { Response } })).status).toBe(201);
    await expect(bank.wait(posted)).rejects.toMatchObject({ code: "untrusted_answer" });
  });
});

describe("a key for presence of a second device", () => {
  it("is believed by nobody before the first lets it in, then by whoever knows the first one's key", async () => {
    await names(finger);
    await bank.pin(device.account, device.key.kid, { presence: finger.key.key.kid });
    const { key } = await broker.connect(device.account);
    const second = { ...device, key };
    const letIn = endorsing(device, finger);
    await letIn(second);
    const other = await newAuthenticator();
    expect(await names(other, second)).toBe(202);
    const own = { to: device.account, request: { heading: "Pay" }, presence: true };
    await expect(bank.post({ ...own, pin: key.kid, trustOnFirstUse: true })).rejects.toMatchObject({
      code: "no_presence",
    });

    await letIn(second);
    const posted = await bank.post(own);
    await userWith(broker, second, other).answer(true);
    const { receipt } = await accepted(bank.wait(posted));
    const { checks } = await verifyReceipt(receipt, {
      ...{ pins: [{ kid: device.key.kid }], services: [broker.service.kid], presence: [finger.key.key.kid] },
    });
    expect(checks).toContainEqual(expect.objectContaining({ name: "presence", outcome: "passed" }));
  });
});

describe("whoever has a copy of the device's key", () => {
  it("can name an authenticator of their own, and it does not count once the first is known", async () => {
    await names(finger);
    const first = await post(FIRST);
    await user(finger).answer(true);
    await accepted(bank.wait(first));
    expect(notices).toContainEqual(expect.objectContaining({ kind: "presence_first_use", kid: finger.key.key.kid }));

    const thief = await newAuthenticator();
    expect(await names(thief)).toBe(202);
    await expect(post(FIRST)).rejects.toMatchObject({ code: "no_presence" });
    expect(notices).toContainEqual(expect.objectContaining({ kind: "unpinned_presence", kid: thief.key.key.kid }));
  });

  it("cannot answer with it what was asked before", async () => {
    await names(finger);
    const posted = await post(FIRST);
    const thief = await newAuthenticator();
    await names(thief);
    await user(thief).answer(true);
    await expect(bank.wait(posted)).rejects.toMatchObject({ code: "untrusted_answer" });
  });

  it("is shut out by comparing: the user's new key counts when it is pinned", async () => {
    await names(finger);
    await post(FIRST);
    const replaced = await newAuthenticator();
    await names(replaced);
    await bank.pin(device.account, device.key.kid, { presence: replaced.key.key.kid.toLowerCase() });
    const posted = await post();
    await user(replaced).answer(false);
    await user(replaced).answer(true);
    await accepted(bank.wait(posted));
  });
});
