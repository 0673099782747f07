/** Asking in secret: for whom it is encrypted, what the answer must be, and that neither broker nor disk says it. */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  encryptJws,
  openDeviceProfile,
  openRequest,
  type SigningKey,
  signResponse,
  TYP,
} from "../../src/crypto/index.ts";
import {
  type AskResult,
  Enquirer,
  EnquirerError,
  type Posted,
  type Question,
  verifyReceipt,
} from "../../src/enquirer/index.ts";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import { isJwe, type Jws, type JwsOrJwe } from "../../src/protocol/index.ts";
import { startTestBroker } from "../support/broker.ts";
import { userAt } from "../support/co-responder.ts";
import { type FalseBroker, openFalseBroker, replying } from "../support/false-broker.ts";
import { flippedSignature, newKey, profileOf } from "../support/signing.ts";

const ALICE = "alice@localhost";
const BANK = "payments@ethel.example";
const TEXT = "Pay 1,200.00 EUR";
const DEVICE = await newKey();
const SECOND = await newKey();

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "enquirer-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const openBank = (endpoint: string): Promise<Enquirer> => Enquirer.open({ home, fromId: BANK, broker: endpoint });

async function outcome(work: Promise<AskResult | Posted | undefined>): Promise<string> {
  try {
    const done = await work;
    return done !== undefined && "result" in done ? done.result : "pending";
  } catch (error) {
    if (error instanceof EnquirerError) return error.code;
    throw error;
  }
}

describe("through a broker that hands on what it cannot read", () => {
  it("a yes is accepted, with a receipt that holds what was signed and verifies by the pin alone", async () => {
    const broker = await startTestBroker({ policy: { ...DEFAULT_POLICY, limits: undefined } });
    try {
      const alice = await userAt(broker, ALICE);
      const bank = await openBank(broker.endpoint);
      const asked = bank.ask({ to: ALICE, request: { heading: TEXT }, pin: alice.device.key.kid, encrypt: true });
      expect(await alice.look()).toMatchObject({ srml: { heading: TEXT }, encryptedFor: 1, sender: { fromId: BANK } });
      await alice.answer(true);
      const result = await asked;
      if (result.result !== "accepted") throw new Error(result.result);
      const pins = [{ kid: alice.device.key.kid, account: ALICE }];
      expect(await verifyReceipt(result.receipt, { pins })).toMatchObject({
        srml: { heading: TEXT },
        response: { value: true },
      });
      expect(result.receipt.Stamp).toBeUndefined();
    } finally {
      await broker.stop();
    }
  });

  it("is answered to another process, which has the reply key from the posted request's private file", async () => {
    const broker = await startTestBroker({ policy: { ...DEFAULT_POLICY, limits: undefined } });
    try {
      const alice = await userAt(broker, ALICE);
      const question = { to: ALICE, request: { heading: TEXT }, pin: alice.device.key.kid, encrypt: true };
      const { brokerId } = await (await openBank(broker.endpoint)).post(question);
      await alice.answer(false);
      const restarted = await openBank(broker.endpoint);
      const posted = await restarted.posted(brokerId);
      if (posted === undefined) throw new Error("It was not kept.");
      expect(posted.replyKey).toMatchObject({ kty: "EC", crv: "P-256" });
      expect(await outcome(restarted.status(posted))).toBe("rejected");
      for (const name of await readdir(join(home, "posted"))) {
        expect((await stat(join(home, "posted", name))).mode & 0o777).toBe(0o600);
      }
    } finally {
      await broker.stop();
    }
  });
});

describe("for whom it is encrypted", () => {
  let broker: FalseBroker;
  let bank: Enquirer;
  beforeEach(async () => {
    broker = await openFalseBroker();
    bank = await openBank(broker.wire.endpoint);
  });
  afterEach(() => broker.wire.close());

  const post = (more: Partial<Question> = {}): Promise<Posted> =>
    bank.post({ to: ALICE, request: { heading: TEXT }, encrypt: true, trustOnFirstUse: true, ...more });
  const kidsOf = async (...profiles: readonly Jws[]): Promise<readonly string[]> =>
    Promise.all(profiles.map(async (profile) => (await openDeviceProfile(profile)).encryptionKey.kid));
  const recipients = (): readonly string[] => {
    const request = broker.posted.at(-1)?.request as JwsOrJwe | undefined;
    if (request === undefined || !isJwe(request)) throw new Error("It is not encrypted.");
    return request.recipients.map(({ header }) => header.kid);
  };

  it("every device that may answer, each under the key in its own profile", async () => {
    broker.profiles = [await profileOf(DEVICE, ALICE), await profileOf(SECOND, ALICE)];
    await post();
    expect(recipients()).toEqual(await kidsOf(...broker.profiles));
  });

  it("and no device that the broker names besides", async () => {
    const mine = await profileOf(DEVICE, ALICE);
    broker.profiles = [await profileOf(SECOND, ALICE), mine];
    await post({ pin: DEVICE.kid });
    expect(recipients()).toEqual(await kidsOf(mine));
  });

  it.each<[string, () => Promise<readonly Jws[]>]>([
    ["there is none", () => Promise.resolve([])],
    ["it is another device's", async () => [await profileOf(SECOND, ALICE)]],
    ["its signature does not hold", async () => [flippedSignature(await profileOf(DEVICE, ALICE))]],
    ["it is for another account", async () => [await profileOf(DEVICE, "bob@localhost")]],
  ])("is not asked at all without the profile of a pinned device: %s", async (_, profiles) => {
    broker.profiles = [...(await profiles())];
    expect(await outcome(post({ pin: DEVICE.kid }))).toBe("undeliverable");
    expect(broker.posted).toEqual([]);
  });

  it("is not asked where nobody could answer, nor of more than 16 devices", async () => {
    expect(await outcome(post())).toBe("undeliverable");
    broker.profiles = await Promise.all(Array.from({ length: 17 }, async () => profileOf(await newKey(), ALICE)));
    expect(await outcome(post({ to: ALICE }))).toBe("undeliverable");
    expect(broker.posted).toEqual([]);
  });

  it("has a reply key of its own each time, and the private half never leaves", async () => {
    broker.profiles = [await profileOf(DEVICE, ALICE)];
    const [one, two] = [await post(), await post()];
    expect(one.replyKey?.x).not.toBe(two.replyKey?.x);
    expect((await openRequest(one.request)).replyKey?.jwk.x).toBe(one.replyKey?.x);
    expect(JSON.stringify(broker.posted)).not.toContain(one.replyKey?.d);
    const text = await readFile(join(home, "posted", `${one.brokerId}.json`), "utf8");
    expect(text).toContain(one.replyKey?.d);
  });
});

describe("an answer counts only in the envelope that was asked for", () => {
  let broker: FalseBroker;
  let bank: Enquirer;
  beforeEach(async () => {
    broker = await openFalseBroker();
    broker.profiles = [await profileOf(DEVICE, ALICE)];
    bank = await openBank(broker.wire.endpoint);
  });
  afterEach(() => broker.wire.close());

  const post = (encrypt: boolean): Promise<Posted> =>
    bank.post({ to: ALICE, request: { heading: TEXT }, pin: DEVICE.kid, encrypt });
  const yes = (signedRequest: Jws, key: SigningKey = DEVICE): Promise<Jws> =>
    signResponse(key, { signedRequest, value: true, created: Date.now() });
  async function sealed(posted: Posted, jws: Jws, typ: string = TYP.response) {
    const { replyKey } = await openRequest(posted.request);
    if (replyKey === undefined) throw new Error("There is no ReplyKey.");
    return encryptJws(jws, typ, [replyKey]);
  }
  const said = async (posted: Posted, answer: JwsOrJwe): Promise<string> => {
    broker.says.set("Status", replying(answer));
    return outcome(bank.status(posted));
  };

  it("a yes, encrypted for its reply key, is one", async () => {
    const posted = await post(true);
    expect(await said(posted, await sealed(posted, await yes(posted.request)))).toBe("accepted");
  });

  it.each<[string, (posted: Posted) => Promise<JwsOrJwe>]>([
    ["in clear", (posted) => yes(posted.request)],
    [
      "encrypted for another key",
      async (posted) => {
        const { replyKey } = await openRequest((await post(true)).request);
        return encryptJws(await yes(posted.request), TYP.response, replyKey === undefined ? [] : [replyKey]);
      },
    ],
    ["by a stranger", async (posted) => sealed(posted, await yes(posted.request, SECOND))],
    ["to another question", async (posted) => sealed(posted, await yes((await post(true)).request))],
    ["in the envelope of a request", async (posted) => sealed(posted, await yes(posted.request), TYP.request)],
    ["that is its own request", async (posted) => sealed(posted, posted.request)],
  ])("a yes to a secret question is none %s", async (_, forge) => {
    const posted = await post(true);
    expect(await said(posted, await forge(posted))).toBe("untrusted_answer");
  });

  it("a yes to a clear question is none in an envelope", async () => {
    const posted = await post(false);
    const other = await openRequest((await post(true)).request);
    const answer = await encryptJws(await yes(posted.request), TYP.response, other.replyKey ? [other.replyKey] : []);
    expect(await said(posted, answer)).toBe("untrusted_answer");
  });
});
