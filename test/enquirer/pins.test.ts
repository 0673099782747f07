/** Who may answer: pinned devices, whatever the broker names later; first use once, and said so; the broker's key likewise. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import {
  type Answered,
  Enquirer,
  EnquirerError,
  type Notice,
  type Question,
  ReceiptError,
  verifyReceipt,
} from "../../src/enquirer/index.ts";
import { pinsFile } from "../../src/node/index.ts";
import { startTestBroker, type TestBroker } from "../support/broker.ts";
import { type User, userAt } from "../support/co-responder.ts";
import { newKey } from "../support/signing.ts";

const BANK = "payments@ethel.example";

let broker: TestBroker;
let home: string;
let bank: Enquirer;
let alice: User;
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
  alice = await userAt(broker, `alice${accounts}@localhost`);
  bank = await openBank(broker.endpoint);
});
afterEach(() => rm(home, { recursive: true, force: true }));

function openBank(endpoint: string): Promise<Enquirer> {
  return Enquirer.open({ home, fromId: BANK, broker: endpoint, onNotice: (notice) => notices.push(notice) });
}

const asking = (more: Partial<Question> = {}): Question => ({
  to: alice.device.account,
  request: { heading: "Pay 1,200.00 EUR" },
  ...more,
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    const result = await work;
    return JSON.stringify(result);
  } catch (error) {
    if (error instanceof EnquirerError) return error.code;
    throw error;
  }
}

/** Asks, lets this user say yes, and gives the answer. */
async function accepted(user: User, more: Partial<Question> = {}): Promise<Answered> {
  const posted = await bank.post(asking(more));
  await user.answer(true);
  const result = await bank.wait(posted);
  if (result.result !== "accepted") throw new Error(`It was ${result.result}.`);
  return result;
}

/** Asks, lets this user say yes, and gives the code of what the enquirer made of it. */
async function refusedAnswer(user: User, more: Partial<Question> = {}): Promise<string> {
  const posted = await bank.post(asking(more));
  await user.answer(true);
  return codeOf(bank.wait(posted));
}

/** The operator, or who broke in there, gives the account to a device of his own: the Profile names it alone. */
async function swapDevice(): Promise<User> {
  const { account } = alice.device;
  await broker.store.removeAccount(account, Date.now());
  const attacker = await userAt(broker, account);
  expect(attacker.device.key.kid).not.toBe(alice.device.key.kid);
  return attacker;
}

const kindsOf = () => notices.map((notice) => notice.kind);

describe("who may answer", () => {
  it("must be said before anybody is asked", async () => {
    expect(await codeOf(bank.ask(asking()))).toBe("no_pin");
    expect(await alice.pending()).toEqual([]);
  });

  it("is the device that is named with the question, in whatever case its fingerprint was copied", async () => {
    const pin = alice.device.key.kid.toLowerCase().replaceAll("-", " ");
    expect(await accepted(alice, { pin })).toMatchObject({ trust: "pinned" });
  });

  it("is nobody else where a device is named, stored pins or not", async () => {
    await bank.pin(alice.device.account, alice.device.key.kid);
    const other = (await newKey()).kid;
    expect(await refusedAnswer(alice, { pin: other })).toBe("untrusted_answer");
  });

  it("is the device that was pinned before", async () => {
    await bank.pin(alice.device.account, alice.device.key.kid);
    expect(await accepted(alice)).toMatchObject({ trust: "pinned", receipt: { Trust: "pinned" } });
    expect(kindsOf()).not.toContain("device_first_use");
  });

  it("is not a device that was pinned for another account", async () => {
    await bank.pin("somebody@localhost", alice.device.key.kid);
    expect(await codeOf(bank.ask(asking()))).toBe("no_pin");
  });

  it("is told to whoever wants to compare, without pinning anything", async () => {
    expect(await bank.devices(alice.device.account)).toEqual([
      { kid: alice.device.key.kid, profile: alice.device.profile },
    ]);
    expect(await codeOf(bank.ask(asking()))).toBe("no_pin");
  });
});

describe("first use", () => {
  it("takes the device that the broker names, says so, and the receipt records it", async () => {
    const answer = await accepted(alice, { trustOnFirstUse: true });
    expect(answer).toMatchObject({ trust: "first-use", receipt: { Trust: "first-use" } });
    expect(notices).toContainEqual({
      kind: "device_first_use",
      account: alice.device.account,
      kids: [alice.device.key.kid],
    });
  });

  it("is once: afterwards the device is pinned as first used, also without the word, also after a restart", async () => {
    await accepted(alice, { trustOnFirstUse: true });
    notices.length = 0;
    bank = await openBank(broker.endpoint);
    expect(await accepted(alice)).toMatchObject({ trust: "first-use" });
    expect(await accepted(alice, { trustOnFirstUse: true })).toMatchObject({ trust: "first-use" });
    expect(kindsOf()).not.toContain("device_first_use");
  });

  it("becomes a pin when somebody compares", async () => {
    await accepted(alice, { trustOnFirstUse: true });
    await bank.pin(alice.device.account, alice.device.key.kid);
    expect(await accepted(alice)).toMatchObject({ trust: "pinned" });
  });

  it("of a device that the broker swapped in is undone when the user's own is pinned", async () => {
    const attacker = await swapDevice();
    expect(await accepted(attacker, { trustOnFirstUse: true })).toMatchObject({ trust: "first-use" });
    await bank.pin(alice.device.account, alice.device.key.kid);
    expect(await refusedAnswer(attacker)).toBe("untrusted_answer");
    expect(await refusedAnswer(attacker, { trustOnFirstUse: true })).toBe("untrusted_answer");
  });

  it("does not count beside a pin that was compared, whoever wrote that into the folder", async () => {
    const attacker = await swapDevice();
    await accepted(attacker, { trustOnFirstUse: true });
    const { account, key } = alice.device;
    const pin = { account, kid: key.kid, how: "pinned", added: "2030-03-01T12:00:00Z" } as const;
    await pinsFile(join(home, "pins.json")).change((pins) => ({ ...pins, devices: [...pins.devices, pin] }));
    expect(await refusedAnswer(attacker)).toBe("untrusted_answer");
  });

  it("does not add to a pin that was compared", async () => {
    await bank.pin(alice.device.account, alice.device.key.kid);
    const attacker = await swapDevice();
    expect(await refusedAnswer(attacker, { trustOnFirstUse: true })).toBe("untrusted_answer");
    const pins = JSON.parse(await readFile(join(home, "pins.json"), "utf8")) as { devices: { kid: string }[] };
    expect(pins.devices.map((pin) => pin.kid)).toEqual([alice.device.key.kid]);
  });

  it("by two processes at once is one first use", async () => {
    const other = await Enquirer.open({ home, fromId: BANK, broker: broker.endpoint });
    await Promise.all([
      bank.post(asking({ trustOnFirstUse: true })),
      other.post(asking({ trustOnFirstUse: true })),
      bank.post(asking({ trustOnFirstUse: true })),
    ]);
    const pins = JSON.parse(await readFile(join(home, "pins.json"), "utf8")) as {
      devices: object[];
      services: object[];
    };
    expect([pins.devices.length, pins.services.length]).toEqual([1, 1]);
  });
});

describe("a broker that swaps the Profile", () => {
  it("gets no yes from an enquirer that named the device with its question", async () => {
    const pin = alice.device.key.kid;
    expect(await refusedAnswer(await swapDevice(), { pin })).toBe("untrusted_answer");
  });

  it("gets no yes from an enquirer that pinned the device", async () => {
    await bank.pin(alice.device.account, alice.device.key.kid);
    expect(await refusedAnswer(await swapDevice())).toBe("untrusted_answer");
  });

  it("gets no yes from an enquirer that used the device before", async () => {
    await accepted(alice, { trustOnFirstUse: true });
    expect(await refusedAnswer(await swapDevice(), { trustOnFirstUse: true })).toBe("untrusted_answer");
  });

  it("gets no yes for a request that was posted before the swap, waited for or looked at later", async () => {
    const posted = await bank.post(asking({ pin: alice.device.key.kid }));
    await swapDevice();
    expect(await bank.wait(posted)).toEqual({ result: "removed" });
    expect(await bank.status(posted)).toEqual({ result: "removed" });
  });

  it("is noticed while it still hands on honest answers: the other device is reported", async () => {
    const posted = await bank.post(asking({ pin: alice.device.key.kid }));
    await alice.answer(true);
    const attacker = await swapDevice();
    const result = await bank.wait(posted);
    expect(result).toMatchObject({ result: "accepted", deviceKid: alice.device.key.kid });
    expect(notices).toContainEqual({
      kind: "unpinned_device",
      account: alice.device.account,
      kids: [attacker.device.key.kid],
    });
  });

  it("can make no receipt that a pin verifies", async () => {
    const attacker = await swapDevice();
    const { receipt } = await accepted(attacker, { trustOnFirstUse: true });
    const pins = [{ kid: alice.device.key.kid, account: alice.device.account }];
    const forged = { ...receipt, Trust: "pinned" as const, Devices: [alice.device.profile, ...receipt.Devices] };
    for (const one of [receipt, forged]) {
      await expect(verifyReceipt(one, { pins })).rejects.toSatisfy(
        (error) => error instanceof ReceiptError && error.code === "not_anchored",
      );
    }
  });
});

describe("the broker's own key", () => {
  it("is pinned on first use, which is said", async () => {
    await bank.devices(alice.device.account);
    expect(notices).toEqual([{ kind: "service_first_use", endpoint: broker.endpoint, kid: broker.service.kid }]);
    bank = await openBank(broker.endpoint);
    await bank.devices(alice.device.account);
    expect(notices).toHaveLength(1);
  });

  it("that was exchanged is noticed: nothing is posted to who has another one", async () => {
    const first = await startTestBroker();
    const { port } = first.running.address;
    await first.connect("bob@localhost");
    bank = await openBank(first.endpoint);
    await bank.devices("bob@localhost");
    await first.stop();

    const second = await startTestBroker({ listen: { host: "127.0.0.1", port } });
    try {
      const bob = await userAt(second, "bob@localhost");
      const ask = bank.ask({ to: "bob@localhost", request: { heading: "Pay" }, pin: bob.device.key.kid });
      expect(await codeOf(ask)).toBe("broker_key_changed");
    } finally {
      await second.stop();
    }
  });

  it("that was exchanged while an answer is waited for ends the waiting without a yes", async () => {
    const first = await startTestBroker();
    const { port } = first.running.address;
    const bob = await userAt(first, "bob@localhost");
    bank = await openBank(first.endpoint);
    const posted = await bank.post({ to: "bob@localhost", request: { heading: "Pay" }, pin: bob.device.key.kid });
    await first.stop();
    const second = await startTestBroker({ listen: { host: "127.0.0.1", port } });
    try {
      expect(await codeOf(bank.wait(posted, { timeoutMs: 15_000 }))).toBe("broker_key_changed");
    } finally {
      await second.stop();
    }
  });
});

describe("the enquirer's folder", () => {
  it("can be read by its owner alone, key, pins and posted requests", async () => {
    const posted = await bank.post(asking({ trustOnFirstUse: true }));
    for (const file of ["enquirer-key.json", "pins.json", `posted/${posted.brokerId}.json`]) {
      expect((await stat(join(home, file))).mode & 0o777).toBe(0o600);
    }
  });

  it("gives no other file for a BrokerID that looks like a path", async () => {
    await bank.post(asking({ trustOnFirstUse: true }));
    for (const name of ["../pins", "../enquirer-key", "..", "", "/etc/passwd"]) {
      expect(await bank.posted(name)).toBeUndefined();
    }
  });
});
