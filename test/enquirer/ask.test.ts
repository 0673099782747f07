/** Asking through a real broker: yes, no, time over, given up; and that only the user's own yes is one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AskResult,
  Enquirer,
  EnquirerError,
  type Notice,
  type Question,
  verifyReceipt,
  writeReceipt,
} from "../../src/enquirer/index.ts";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import { startTestBroker, type TestBroker } from "../support/broker.ts";
import { type User, userAt } from "../support/co-responder.ts";

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
  bank = await openBank();
});
afterEach(() => rm(home, { recursive: true, force: true }));

function openBank(folder = home): Promise<Enquirer> {
  return Enquirer.open({
    home: folder,
    fromId: BANK,
    broker: broker.endpoint,
    onNotice: (notice) => notices.push(notice),
  });
}

const question = (more: Partial<Question> = {}): Question => ({
  to: alice.device.account,
  request: { heading: "Pay 1,200.00 EUR", paragraphs: ["To: Ethel & Söhne"] },
  pin: alice.device.key.kid,
  ...more,
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof EnquirerError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

/** How the broker has it. */
async function stateAt(brokerId: string): Promise<string | undefined> {
  return (await broker.store.request(brokerId))?.state;
}

describe("an answer through the broker", () => {
  it("that is a yes is accepted, with a receipt that verifies by the pin alone", async () => {
    const asked = bank.ask(question());
    await alice.answer(true);
    const result = await asked;
    if (result.result !== "accepted") throw new Error(result.result);
    expect(result).toMatchObject({ choice: undefined, trust: "pinned", deviceKid: alice.device.key.kid });
    expect(result.receipt.Devices).toEqual([alice.device.profile]);
    const pins = [{ kid: alice.device.key.kid, account: alice.device.account }];
    const verified = await verifyReceipt(writeReceipt(result.receipt), { pins });
    expect(verified).toMatchObject({
      brokerId: result.receipt.BrokerID,
      trust: "pinned",
      request: { fromId: BANK, toId: alice.device.account },
      srml: { heading: "Pay 1,200.00 EUR", paragraphs: ["To: Ethel & Söhne"] },
      response: { value: true },
    });
    expect(verified.request.signer.kid).toBe(bank.kid);
    // The broker's stamp counts for whoever knows the broker's key, and for nobody else.
    expect(verified.received).toBeUndefined();
    const known = await verifyReceipt(result.receipt, { pins, services: [broker.service.kid] });
    expect(known.received).toMatchObject({ serviceKid: broker.service.kid });
  });

  it("that is a no is rejected, with a receipt that proves the no", async () => {
    const asked = bank.ask(question());
    await alice.answer(false);
    const result = await asked;
    if (result.result !== "rejected") throw new Error(result.result);
    expect(result.reason).toBeUndefined();
    const verified = await verifyReceipt(result.receipt, { pins: [{ kid: alice.device.key.kid }] });
    expect(verified.response.value).toBe(false);
  });

  it("may say that the user did not start it", async () => {
    const asked = bank.ask(question());
    await alice.answer(false, { reason: "unknown" });
    expect(await asked).toMatchObject({ result: "rejected", reason: "unknown" });
  });

  it("names the option that was accepted", async () => {
    const buttons = [
      { label: "For 15 minutes", value: "15m" },
      { label: "For 8 hours", value: "8h" },
    ];
    const asked = bank.ask(question({ request: { heading: "Grant Administrator", buttons } }));
    await alice.answer(true, { choice: "8h" });
    expect(await asked).toMatchObject({ result: "accepted", choice: "8h", label: "For 8 hours" });
  });

  it("is shown exactly the text that was asked, from whom, and until when", async () => {
    const posted = await bank.post(question({ lifeMs: 60_000 }));
    const view = await alice.look();
    expect(view).toMatchObject({
      id: posted.brokerId,
      srml: { heading: "Pay 1,200.00 EUR", paragraphs: ["To: Ethel & Söhne"], buttons: [] },
      sender: { fromId: BANK, kid: bank.kid, trust: "unverified" },
      expires: posted.expire,
    });
  });
});

describe("nobody answers", () => {
  it("until the request expires", async () => {
    // Long enough to be posted in time by a machine that is busy.
    expect(await bank.ask(question({ lifeMs: 3000 }))).toEqual({ result: "expired" });
  });

  it("in the caller's time: the request is cancelled, and gone from the user's screen", async () => {
    const posted = await bank.post(question());
    await alice.look();
    expect(await bank.wait(posted, { timeoutMs: 300 })).toEqual({ result: "timeout" });
    expect(await stateAt(posted.brokerId)).toBe("ECANCEL");
    expect(await alice.pending()).toEqual([]);
  });

  it("before the caller gives up: the request is cancelled", async () => {
    const posted = await bank.post(question());
    const giveUp = new AbortController();
    const waiting = bank.wait(posted, { signal: giveUp.signal });
    await alice.look();
    giveUp.abort();
    expect(await waiting).toEqual({ result: "aborted" });
    expect(await stateAt(posted.brokerId)).toBe("ECANCEL");
  });

  it("because the caller had given up before: nobody is asked at all", async () => {
    expect(await bank.ask(question(), { signal: AbortSignal.abort() })).toEqual({ result: "aborted" });
    expect(await alice.pending()).toEqual([]);
  });

  it("while the caller leaves: the request stays, and another process takes the answer", async () => {
    const posted = await bank.post(question());
    expect(await bank.wait(posted, { timeoutMs: 50, whenGivenUp: "leave" })).toEqual({ result: "timeout" });
    expect(await stateAt(posted.brokerId)).toBe("PENDING");
    await alice.answer(true);
    const restarted = await openBank();
    const again = await restarted.posted(posted.brokerId);
    if (again === undefined) throw new Error("The posted request is not there.");
    expect(again).toEqual(posted);
    expect(await restarted.wait(again)).toMatchObject({ result: "accepted" });
  });

  it("and the responder would not show it", async () => {
    const posted = await bank.post(question());
    const waiting = bank.wait(posted);
    const refused = { BrokerID: posted.brokerId, RequestStatus: "REFUSED" };
    await broker.signed(alice.device.key, { RespondRequest: { Response: refused } });
    expect(await waiting).toEqual({ result: "refused" });
  });

  it("and the account is gone", async () => {
    const posted = await bank.post(question());
    await broker.store.removeAccount(alice.device.account, Date.now());
    expect(await bank.status(posted)).toEqual({ result: "removed" });
  });
});

describe("status", () => {
  it("is undefined while the request is pending, and then its result, again and again", async () => {
    const posted = await bank.post(question());
    expect(await bank.status(posted)).toBeUndefined();
    await alice.answer(true);
    expect(await bank.status(posted)).toMatchObject({ result: "accepted" });
    expect(await bank.status(posted)).toMatchObject({ result: "accepted" });
  });

  it("waits at the broker for a change", async () => {
    const posted = await bank.post(question());
    const waiting = bank.status(posted, { Wait: 20 });
    await alice.answer(false);
    expect(await waiting).toMatchObject({ result: "rejected" });
  });

  it("cancels, and an answer that came first stays", async () => {
    const abandoned = await bank.post(question());
    expect(await bank.status(abandoned, { Cancel: true })).toEqual({ result: "cancelled" });
    const answered = await bank.post(question());
    await alice.answer(true);
    expect(await bank.status(answered, { Cancel: true })).toMatchObject({ result: "accepted" });
  });
});

describe("a question that cannot be asked", () => {
  it.each<[string, string, Partial<Question>]>([
    ["to nobody", "usage", { to: "alice" }],
    ["without a heading", "usage", { request: "<srml><p>Pay</p></srml>" }],
    ["with a hidden character", "usage", { request: { heading: "Pay 1\u200B000 EUR" } }],
    ["that lives for less than a second", "usage", { lifeMs: 10 }],
    ["that lives for more than 7 days", "usage", { lifeMs: 7 * 24 * 3600_000 + 1 }],
    ["that lives for no number of days", "usage", { lifeMs: Number.NaN }],
    ["with a pin that is no fingerprint", "usage", { pin: "MDDK7" }],
    ["to an account that the broker does not know", "undeliverable", { to: "nobody@localhost" }],
  ])("%s is refused, and nobody is asked", async (_, code, change) => {
    expect(await codeOf(bank.ask(question(change)))).toBe(code);
    expect(await alice.pending()).toEqual([]);
  });

  it("because the broker is down is not delivered", async () => {
    const lost = await Enquirer.open({ home, fromId: BANK, broker: "http://127.0.0.1:9" });
    expect(await codeOf(lost.ask(question()))).toBe("undeliverable");
  });

  it("in the name of an account of the broker's own domain, by another key, is not delivered", async () => {
    const impostor = await Enquirer.open({ home, fromId: alice.device.account, broker: broker.endpoint });
    await expect(impostor.ask(question())).rejects.toMatchObject({ code: "undeliverable", status: 403 });
  });

  it("by an enquirer that is no account is refused at once", async () => {
    expect(await codeOf(Enquirer.open({ home, fromId: "The Bank" }))).toBe("usage");
  });

  it("through a broker that would be reached without encryption is refused", async () => {
    const plain = await Enquirer.open({ home, fromId: BANK, broker: "http://broker.example" });
    expect(await codeOf(plain.ask(question()))).toBe("usage");
  });
});

describe("whoever gives up at any moment", () => {
  it("never gets a yes after that, however quick the user is", async () => {
    const results = new Map<AskResult["result"], number>();
    // The moment to give up is around the one in which the answer comes, however busy this machine is.
    const before = performance.now();
    const first = await bank.post(question());
    await Promise.all([bank.wait(first), alice.answer(true)]);
    const usual = performance.now() - before;
    for (let round = 0; round < 40; round++) {
      const giveUp = new AbortController();
      const posted = await bank.post(question());
      const delay = Math.random() * 2 * usual;
      const timer = setTimeout(() => giveUp.abort(), delay);
      const over = { now: false };
      const answering = alice.answer(true, { isOver: () => over.now }).catch(() => undefined);
      const waiting = bank.wait(posted, { signal: giveUp.signal });
      const [result, wasAborted] = await waiting.then((one) => [one.result, giveUp.signal.aborted] as const);
      clearTimeout(timer);
      over.now = true;
      await answering;
      if (wasAborted) expect(`${result} after ${delay} ms`).toContain("aborted");
      else expect(result).toBe("accepted");
      results.set(result, (results.get(result) ?? 0) + 1);
      await sleep(0);
    }
    // Both ways must have been gone, else this shows nothing.
    expect([...results.keys()].sort()).toEqual(["aborted", "accepted"]);
  }, 60_000);
});
