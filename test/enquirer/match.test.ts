/** Asking for a code: shown by the enquirer, typed by the user, and not to be guessed at. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../src/broker/index.ts";
import { Enquirer, EnquirerError, type Posted, verifyReceipt } from "../../src/enquirer/index.ts";
import { startTestBroker, type TestBroker } from "../support/broker.ts";
import { type User, userAt } from "../support/co-responder.ts";

let broker: TestBroker;
let home: string;
let bank: Enquirer;
let alice: User;
let accounts = 0;

beforeAll(async () => {
  broker = await startTestBroker({ policy: { ...DEFAULT_POLICY, limits: undefined } });
});
afterAll(() => broker.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "enquirer-"));
  accounts += 1;
  alice = await userAt(broker, `alice${accounts}@localhost`);
  bank = await openBank();
});
afterEach(() => rm(home, { recursive: true, force: true }));

const openBank = (): Promise<Enquirer> =>
  Enquirer.open({ home, fromId: "payments@ethel.example", broker: broker.endpoint });
const ask = (who = alice, match = true): Promise<Posted> =>
  bank.post({ to: who.device.account, request: { heading: "Pay" }, pin: who.device.key.kid, match });
const otherThan = (code: string | undefined): string => (code === "000000" ? "111111" : "000000");

async function wrongOne(): Promise<void> {
  const posted = await ask();
  await alice.answer(true, { choice: otherThan(posted.match?.code) });
  expect(await bank.wait(posted)).toEqual({ result: "wrong_code", deviceKid: alice.device.key.kid });
}

describe("a code", () => {
  it("that was typed as it was shown makes a yes, whose receipt proves it", async () => {
    let tell: (code: string) => void = () => undefined;
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const asked = bank.ask({
      to: alice.device.account,
      request: { heading: "Pay" },
      pin: alice.device.key.kid,
      match: true,
      onMatchCode: tell,
    });
    const shown = await told;
    const view = await alice.look();
    expect(view.match).toBe(true);
    expect(shown).toMatch(/^[0-9]{6}$/);
    await alice.answer(true, { choice: shown });
    const result = await asked;
    if (result.result !== "accepted") throw new Error(result.result);
    expect(result.receipt.Match?.Code).toBe(shown);
    const { checks } = await verifyReceipt(result.receipt, { pins: [{ kid: alice.device.key.kid }] });
    expect(checks.map(({ name }) => name)).toContain("match");
  });

  it("is with the posted request, so that another process can show it and wait", async () => {
    const { brokerId, match } = await ask();
    await alice.answer(true, { choice: match?.code ?? "" });
    const again = await openBank();
    const posted = await again.posted(brokerId);
    expect(posted?.match).toEqual(match);
    if (posted === undefined) throw new Error("not posted");
    expect(await again.wait(posted)).toMatchObject({ result: "accepted" });
  });

  it("that is wrong is no yes", wrongOne);

  it("is not needed for a no", async () => {
    const posted = await ask();
    await alice.answer(false);
    expect(await bank.wait(posted)).toMatchObject({ result: "rejected" });
  });

  it("must be there: the responder signs no yes without one", async () => {
    await ask();
    await expect(alice.answer(true)).rejects.toThrow("choice");
    await expect(alice.answer(true, { choice: "yes" })).rejects.toThrow("choice");
  });

  it("is not asked for beside options", async () => {
    const request = { heading: "Pay", buttons: [{ label: "Pay" }] };
    const work = bank.post({ to: alice.device.account, request, pin: alice.device.key.kid, match: true });
    await expect(work).rejects.toMatchObject({ code: "usage" });
  });
});

describe("after two wrong codes", () => {
  it("none is asked of that account, by another process neither; other accounts and other questions are", async () => {
    await wrongOne();
    await wrongOne();
    bank = await openBank();
    const refusal: unknown = await ask().catch((error: unknown) => error);
    if (!(refusal instanceof EnquirerError)) throw new Error("It was asked.");
    expect(refusal.code).toBe("code_locked");
    expect(refusal.message).toContain("2 wrong codes");
    accounts += 1;
    const bob = await userAt(broker, `bob${accounts}@localhost`);
    expect((await ask(bob)).match).toBeDefined();
    expect((await ask(alice, false)).match).toBeUndefined();
  });

  it("of one request, however often it is looked at, there was one", async () => {
    const posted = await ask();
    await alice.answer(true, { choice: otherThan(posted.match?.code) });
    for (let look = 0; look < 3; look++) expect(await bank.status(posted)).toMatchObject({ result: "wrong_code" });
    expect((await ask()).match).toBeDefined();
  });
});
