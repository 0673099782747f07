/** The history: what is shown of it, how long it is kept, and receipts that verify for whoever knows the device. */
import { describe, expect, it } from "vitest";
import { encryptJws, requestDigest, signDeviceProfile, signStamp, TYP } from "../../src/crypto/index.ts";
import type { Jws, JwsOrJwe } from "../../src/protocol/index.ts";
import { readReceipts, verifyReceipt } from "../../src/receipt/index.ts";
import {
  decide,
  deliverDue,
  type InboxEntry,
  MOST_ENDED,
  outlived,
  pastRequests,
  receiptOf,
  viewPast,
} from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, refOf } from "../support/alice.ts";
import { BANK, inClear, newKey, signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const DAY = 24 * 3600_000;

/** Answers a request and delivers the answer. */
async function answered(who: Alice, request?: Jws, more: { value?: boolean; choice?: string } = {}) {
  const decision = { ...(await who.show(request)), ...more };
  expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
  await deliverDue(who.ports, ACCOUNT, () => 1000);
  return who.stored(decision);
}

async function own(who: Alice) {
  const { jwk: encryptionKey } = who.encryption;
  const profile = await signDeviceProfile(who.device, {
    account: ACCOUNT.account,
    encryptionKey,
    created: who.clock.read(),
  });
  return { profile, service: who.service.kid };
}

/** Has the broker stamp what it takes, by this key. */
function stamping(who: Alice, key = who.service, otherDigest?: string): void {
  who.broker.stamp = async (_, answer: JwsOrJwe) =>
    signStamp(key, {
      requestDigest: otherDigest ?? (await who.inbox.list(ACCOUNT))[0]?.digest ?? "",
      responseDigest: await requestDigest(inClear(answer)),
      received: who.clock.read(),
    });
}

describe("the history", () => {
  it("has what was answered, newest first, with the text and how the sender was known then", async () => {
    const who = await alice();
    who.pins.set(BANK, [who.bank.kid]);
    await answered(who, await signedRequest(who.bank, { text: { heading: "First", paragraphs: ["Of two"] } }));
    who.pins.clear();
    const second = await answered(who, await signedRequest(await newKey(), { text: { heading: "Second" } }));
    const waiting = await who.take(await signedRequest(who.bank, { text: { heading: "Waits" } }));
    expect(waiting).toBeDefined();

    const past = await pastRequests(who.ports, [ACCOUNT]);
    expect(past.map(({ srml, trust, proof }) => [srml?.heading, trust, proof])).toEqual([
      ["Second", "unverified", "receipt"],
      ["First", "pinned", "receipt"],
    ]);
    expect(past[1]?.srml?.paragraphs).toEqual(["Of two"]);
    expect(past[0]?.result).toMatchObject({ ...refOf(second), kind: "answered", value: true, delivery: "accepted" });
  });

  it("says nothing of the trust in an answer of before it was kept", async () => {
    const who = await alice();
    const { answer, ...entry } = await answered(who);
    if (answer === undefined) throw new Error("no answer");
    const old = { ...entry, answer: { ...answer, trust: undefined, stamp: undefined } };
    await who.inbox.replace(["delivered"], old);
    const [past] = await pastRequests(who.ports, [ACCOUNT]);
    expect(past).toMatchObject({ trust: undefined, proof: "receipt" });
  });
});

describe("the receipt of an answer", () => {
  it.each([true, false])("verifies by the device's fingerprint alone, the answer being %s", async (value) => {
    const who = await alice();
    stamping(who);
    const receipt = await receiptOf(who.ports, await answered(who, undefined, { value }), await own(who));
    if (receipt === undefined) throw new Error("no receipt");
    const pins = [{ kid: who.device.kid }];
    const [read] = readReceipts(JSON.stringify({ Receipts: [receipt] })) ?? [];
    if (read === undefined) throw new Error("not read");
    const verified = await verifyReceipt(read, { pins, services: [who.service.kid] });
    expect(verified).toMatchObject({ anchor: "pinned", response: { value } });
    expect(verified.received?.serviceKid).toBe(who.service.kid);
    await expect(verifyReceipt(read, { pins: [{ kid: who.bank.kid }] })).rejects.toMatchObject({
      code: "not_anchored",
    });
  });

  it("leaves out a stamp that would make it void: of another request, or by another key than the broker's", async () => {
    for (const [key, digest] of [
      [undefined, "A".repeat(43)],
      [await newKey(), undefined],
    ] as const) {
      const who = await alice();
      stamping(who, key ?? who.service, digest);
      const entry = await answered(who);
      expect(entry.answer?.stamp).toBeDefined();
      const receipt = await receiptOf(who.ports, entry, await own(who));
      expect(receipt).toBeDefined();
      expect(receipt).not.toHaveProperty("Stamp");
    }
  });

  it("is not to be had where only the sender can have one: of a typed code", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank, { match: "A".repeat(43) });
    const entry = await answered(who, request, { choice: "123456" });
    expect(await receiptOf(who.ports, entry, await own(who))).toBeUndefined();
    expect((await viewPast(who.ports, entry, false))?.proof).toBe("code");
  });

  it("is not made of an answer that was changed in the storage, or is of another request", async () => {
    const who = await alice();
    const first = await answered(who);
    const second = await answered(who, await signedRequest(who.bank, { text: { heading: "Another" } }));
    const { answer } = second;
    if (answer === undefined || first.answer === undefined) throw new Error("no answer");
    expect(await receiptOf(who.ports, { ...first, answer }, await own(who))).toBeUndefined();
    const jws = inClear(answer.jws);
    const forged = { ...answer, jws: { ...jws, payload: inClear(first.answer.jws).payload } };
    expect(await receiptOf(who.ports, { ...second, answer: forged }, await own(who))).toBeUndefined();
  });
});

describe("an encrypted request", () => {
  it("stays closed in the history until it is opened, and its answer is the sender's alone", async () => {
    const who = await alice();
    const reply = who.encryption;
    const inner = await signedRequest(who.bank, { text: { heading: "Secret" }, replyKey: reply.jwk });
    const sealed = await encryptJws(inner, TYP.request, [who.encryption]);
    const entry = await who.take(sealed, { PostedBy: who.bank.kid });
    if (entry === undefined) throw new Error("not taken");
    await who.ports.storage.replace(["verified"], { ...entry, state: "presented", presented: 0 });
    const decision = { ...refOf(entry), value: false, choice: undefined, expected: false, reason: undefined };
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });

    const [past] = await pastRequests(who.ports, [ACCOUNT]);
    expect(past).toMatchObject({ encrypted: true, proof: "encrypted", srml: undefined });
    expect(past?.result).toMatchObject({ heading: "", fromId: "", kid: who.bank.kid });
    expect((await viewPast(who.ports, await who.stored(entry), true))?.srml?.heading).toBe("Secret");
    expect(await receiptOf(who.ports, await who.stored(entry), await own(who))).toBeUndefined();
  });
});

describe("what is forgotten", () => {
  const NOW = 1000 * DAY;
  async function ended(ages: readonly number[], change: Partial<InboxEntry> = {}): Promise<readonly InboxEntry[]> {
    const who = await alice();
    const entry = await answered(who);
    const { answer } = entry;
    if (answer === undefined) throw new Error("no answer");
    return ages.map((days) => {
      const at = NOW - days * DAY;
      return { ...entry, received: at, answer: { ...answer, at, deliveredAt: at }, ...change };
    });
  }

  it.each([
    ["all", 0],
    ["year", 1],
    ["month", 2],
    ["off", 3],
  ] as const)("where the user keeps %s: %i of four", async (keep, count) => {
    const entries = await ended([400, 40, 1, 0]);
    expect(outlived(entries, keep, NOW)).toEqual(entries.slice(0, count));
  });

  it("is what is over the bound, the oldest first", async () => {
    const entries = await ended(Array.from({ length: MOST_ENDED + 2 }, () => 0));
    expect(outlived(entries, "all", NOW)).toEqual(entries.slice(0, 2));
  });

  it("is not yet what the popup still tells: for a day that a request was not shown", async () => {
    const refusal = { reason: "text", detail: "" } as const;
    const entries = await ended([2, 0.9], { state: "refused", refusal, answer: undefined });
    expect(outlived(entries, "off", NOW)).toEqual(entries.slice(0, 1));
  });
});
