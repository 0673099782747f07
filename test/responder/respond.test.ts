/** The decision: what it must name, when it counts, what is signed, and that of two decisions one is stored. */
import { describe, expect, it } from "vitest";
import { openResponse } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { verifyAnswer } from "../../src/receipt/index.ts";
import {
  decide,
  deliverDue,
  present,
  receive,
  refuseUnshowable,
  withdrawIfConfirmed,
} from "../../src/responder/index.ts";
import type { Decision, DecisionOutcome } from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, envelope, refOf, yes } from "../support/alice.ts";
import { DAY, MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { textOf } from "../support/foreign-signer.ts";
import { memoryInbox } from "../support/inbox-memory.ts";
import { newKey, signedRequest, inClear } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const OPTIONS = {
  heading: "Grant Administrator",
  buttons: [{ label: "For 15 minutes", value: "15m" }, { label: "For 8 hours", value: "8h" }, { label: "Cancel" }],
};

const refused = (refusal: string) => ({ ok: false, refusal });

/** Decides, and makes sure that nothing was signed where it did not count. */
async function decided(who: Alice, decision: Decision): Promise<DecisionOutcome> {
  const before = await who.inbox.list(ACCOUNT);
  const outcome = await decide(who.ports, decision, RULES);
  if (!outcome.ok) {
    const answers = (await who.inbox.list(ACCOUNT)).map((entry) => entry.answer);
    expect(answers).toEqual(before.map((entry) => entry.answer));
    await deliverDue(who.ports, ACCOUNT, () => SECOND);
    expect(who.broker.offered).toEqual([]);
  }
  return outcome;
}

async function answerTo(who: Alice, decision: Decision): Promise<Jws> {
  const { answer } = await who.stored(decision);
  if (answer === undefined) throw new Error("There is no answer.");
  return inClear(answer.jws);
}

describe("a decision does not count", () => {
  it("within 600 ms of the request being put on the screen", async () => {
    const who = await alice();
    const entry = await who.take(await signedRequest(who.bank));
    if (entry === undefined) throw new Error("It was not taken.");
    await present(who.ports, refOf(entry));
    expect(await decided(who, yes(refOf(entry)))).toEqual(refused("too_soon"));
    who.clock.pass(599);
    expect(await decided(who, yes(refOf(entry)))).toEqual(refused("too_soon"));
    expect(await decided(who, { ...yes(refOf(entry)), value: false })).toEqual(refused("too_soon"));
    who.clock.pass(1);
    expect(await decided(who, yes(refOf(entry)))).toEqual({ ok: true });
  });

  it("within 600 ms of the request being put on the screen again", async () => {
    const who = await alice();
    const decision = await who.show();
    await present(who.ports, decision);
    who.clock.pass(599);
    expect(await decided(who, decision)).toEqual(refused("too_soon"));
  });

  it("when the clock was set back behind the showing", async () => {
    const who = await alice();
    const decision = await who.show();
    who.clock.pass(-MINUTE);
    expect(await decided(who, decision)).toEqual(refused("too_soon"));
  });

  it("about a request that was not put on the screen", async () => {
    const who = await alice();
    const entry = await who.take(await signedRequest(who.bank));
    if (entry === undefined) throw new Error("It was not taken.");
    who.clock.pass(SECOND);
    expect(await decided(who, yes(refOf(entry)))).toEqual(refused("not_presented"));
  });

  it("about a request that was never received", async () => {
    const who = await alice();
    expect(await decided(who, { ...(await who.show()), digest: "A".repeat(43) })).toEqual(refused("not_found"));
  });

  it("when it names the digest of another request that is also on the screen's queue", async () => {
    const who = await alice();
    const shown = await who.show();
    const other = await who.take(await signedRequest(who.bank));
    expect(await decided(who, { ...shown, digest: other?.digest ?? "" })).toEqual(refused("not_found"));
  });

  it.each([
    ["BrokerID", { id: "ANOTHER" }],
    ["account", { account: "bob@example.com" }],
    ["broker", { broker: "https://example.net/.well-known/confirm" }],
  ])("when it names another %s", async (_, change) => {
    const who = await alice();
    expect(await decided(who, { ...(await who.show()), ...change })).toEqual(refused("not_found"));
  });

  it("after the request expired, between show and click", async () => {
    const who = await alice();
    const decision = await who.show();
    who.clock.pass(5 * MINUTE - SECOND);
    expect(await decided(who, decision)).toEqual(refused("not_pending"));
    expect((await who.stored(decision)).state).toBe("expired");
  });

  it("after the request expired, when its stored life was lengthened", async () => {
    const who = await alice();
    const decision = await who.show();
    await who.inbox.replace(["presented"], { ...(await who.stored(decision)), expires: SOME_TIME + DAY });
    who.clock.pass(5 * MINUTE);
    expect(await decided(who, decision)).toEqual(refused("not_pending"));
  });

  it("after the request was withdrawn", async () => {
    const who = await alice();
    const decision = await who.show();
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect(await decided(who, decision)).toEqual(refused("not_pending"));
  });

  it("after the sanitizer refused it", async () => {
    const who = await alice();
    const decision = await who.show();
    await refuseUnshowable(who.ports, decision);
    expect(await decided(who, decision)).toEqual(refused("not_pending"));
  });

  it("a second time, the other way", async () => {
    const who = await alice();
    const decision = await who.show();
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
    const answer = await answerTo(who, decision);
    expect(await decide(who.ports, { ...decision, value: false }, RULES)).toEqual(refused("not_pending"));
    expect(await answerTo(who, decision)).toEqual(answer);
  });

  it("when the stored request was changed behind the screen", async () => {
    const who = await alice();
    const decision = await who.show();
    const other = await signedRequest(who.bank, { text: { heading: "Transfer everything" } });
    await who.inbox.replace(["presented"], { ...(await who.stored(decision)), request: other });
    expect(await decided(who, decision)).toEqual(refused("not_presented"));
  });

  it("when it says yes, and that the user did not start it", async () => {
    const who = await alice();
    expect(await decided(who, { ...(await who.show()), reason: "unknown" })).toEqual(refused("choice"));
  });
});

describe("the choice", () => {
  it.each([
    ["missing, where there are options", undefined],
    ["foreign", "1h"],
    ["the label of an option that has a value", "For 15 minutes"],
    ["of another case", "15M"],
    ["empty", ""],
  ])("that is %s does not count", async (_, choice) => {
    const who = await alice();
    const decision = await who.show(await signedRequest(who.bank, { text: OPTIONS }));
    expect(await decided(who, { ...decision, choice })).toEqual(refused("choice"));
  });

  it("does not count where the request has no options", async () => {
    const who = await alice();
    expect(await decided(who, { ...(await who.show()), choice: "15m" })).toEqual(refused("choice"));
  });

  it("does not count with a no", async () => {
    const who = await alice();
    const decision = await who.show(await signedRequest(who.bank, { text: OPTIONS }));
    expect(await decided(who, { ...decision, value: false, choice: "15m" })).toEqual(refused("choice"));
  });

  it("is needed where there is one option alone: the screen preselects it, nobody else does", async () => {
    const who = await alice();
    const text = { heading: "Pay", buttons: [{ label: "Pay now" }] };
    const decision = await who.show(await signedRequest(who.bank, { text }));
    expect(await decided(who, decision)).toEqual(refused("choice"));
    expect(await decided(who, { ...decision, choice: "Pay now" })).toEqual({ ok: true });
  });

  it("is signed as the option's value, and remembered as its label", async () => {
    const who = await alice();
    const decision = { ...(await who.show(await signedRequest(who.bank, { text: OPTIONS }))), choice: "8h" };
    expect(await decided(who, decision)).toEqual({ ok: true });
    expect((await who.stored(decision)).answer).toMatchObject({ value: true, label: "For 8 hours" });
    expect((await verifyAnswer(await answerTo(who, decision))).response.choice).toBe("8h");
  });

  it("of a sender's option called Cancel is the user's yes to that option, as the screen said", async () => {
    const who = await alice();
    const decision = { ...(await who.show(await signedRequest(who.bank, { text: OPTIONS }))), choice: "Cancel" };
    expect(await decided(who, decision)).toEqual({ ok: true });
    expect(await verifyAnswer(await answerTo(who, decision))).toMatchObject({ label: "Cancel" });
  });
});

describe("what is signed", () => {
  it("is the whole signed request, the value, the date, and nothing else", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const decision = await who.show(request);
    await decided(who, decision);
    const jws = await answerTo(who, decision);
    expect(JSON.parse(textOf(jws.payload))).toEqual({
      TBSResponse: { SignedRequest: request, Value: true, Created: "2030-03-01T12:00:01Z" },
    });
    const { signer } = await openResponse(jws);
    expect(signer.kid).toBe(who.device.kid);
  });

  it("verifies as an answer to exactly the posted request", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank, { text: OPTIONS });
    const decision = { ...(await who.show(request)), choice: "15m" };
    await decided(who, decision);
    const verified = await verifyAnswer(await answerTo(who, decision), request);
    expect(verified).toMatchObject({
      label: "For 15 minutes",
      response: { value: true, choice: "15m", created: SOME_TIME + SECOND, reason: undefined },
    });
  });

  it("by a no is the value false, and that the user did not start it where they said so", async () => {
    const who = await alice();
    const plain = { ...(await who.show()), value: false };
    await decide(who.ports, plain, RULES);
    expect((await verifyAnswer(await answerTo(who, plain))).response).toMatchObject({
      value: false,
      reason: undefined,
    });
    const alarmed = { ...(await who.show()), value: false, reason: "unknown" as const };
    await decide(who.ports, alarmed, RULES);
    expect((await verifyAnswer(await answerTo(who, alarmed))).response).toMatchObject({
      value: false,
      choice: undefined,
      reason: "unknown",
    });
  });

  it("is the digest that was decided, where a broker gave two requests one BrokerID", async () => {
    const who = await alice();
    const harmless = await signedRequest(who.bank, { text: { heading: "Say hello" } });
    const decision = await who.show(harmless);
    const other = await signedRequest(who.bank, { text: { heading: "Transfer everything" } });
    const second = await who.take(other, { BrokerID: decision.id });
    if (second === undefined) throw new Error("It was not taken.");
    await present(who.ports, refOf(second));
    who.clock.pass(SECOND);
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
    expect((await verifyAnswer(await answerTo(who, decision), harmless)).srml.heading).toBe("Say hello");
    expect((await who.stored(second)).answer).toBeUndefined();
  });
});

describe("two decisions at once", () => {
  it("store exactly one answer, and that one is delivered", async () => {
    for (let round = 0; round < 6; round++) {
      const who = await alice();
      const decision = await who.show();
      const otherContext = { ...who.ports, storage: memoryInbox(who.inbox.shelf) };
      const outcomes = await Promise.all([
        decide(who.ports, decision, RULES),
        decide(otherContext, { ...decision, value: false }, RULES),
        decide(who.ports, decision, RULES),
      ]);
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([refused("not_pending"), refused("not_pending")]);
      const stored = await who.stored(decision);
      expect(stored.answer?.value).toBe(outcomes.findIndex((outcome) => outcome.ok) !== 1);
      await deliverDue(who.ports, ACCOUNT, () => SECOND);
      await deliverDue(otherContext, ACCOUNT, () => SECOND);
      expect(who.broker.offered).toEqual([
        { brokerId: decision.id, answer: stored.answer?.jws, value: stored.answer?.value },
      ]);
    }
  });

  it("about two requests are two answers", async () => {
    const who = await alice();
    const first = await who.show();
    const second = { ...(await who.show()), value: false };
    expect(await Promise.all([decide(who.ports, first, RULES), decide(who.ports, second, RULES)])).toEqual([
      { ok: true },
      { ok: true },
    ]);
    await deliverDue(who.ports, ACCOUNT, () => SECOND);
    expect(who.broker.offered.map(({ brokerId, value }) => ({ brokerId, value }))).toEqual([
      { brokerId: first.id, value: true },
      { brokerId: second.id, value: false },
    ]);
  });
});

describe("storage that fails", () => {
  it("means that the answer was not given: it is said so, nothing is delivered, and it can be given again", async () => {
    const who = await alice();
    const decision = await who.show();
    who.inbox.disk = "full";
    expect(await decide(who.ports, decision, RULES)).toEqual(refused("storage"));
    who.inbox.disk = "works";
    await deliverDue(who.ports, ACCOUNT, () => SECOND);
    expect(who.broker.offered).toEqual([]);
    expect((await who.stored(decision)).state).toBe("presented");
    expect(await decide(who.ports, { ...decision, value: false }, RULES)).toEqual({ ok: true });
  });

  it("before anything was read means the same", async () => {
    const who = await alice();
    const decision = await who.show();
    const broken = { ...who.inbox, get: () => Promise.reject(new Error("The disk is broken.")) };
    expect(await decide({ ...who.ports, storage: broken }, decision, RULES)).toEqual(refused("storage"));
    expect((await who.stored(decision)).answer).toBeUndefined();
  });
});

describe("a key that cannot sign", () => {
  it("leaves the request as it was", async () => {
    const who = await alice();
    const decision = await who.show();
    const keys = { ...who.ports.keys, signingKey: () => Promise.reject(new Error("There is no such account.")) };
    await expect(decide({ ...who.ports, keys }, decision, RULES)).rejects.toThrow("no such account");
    const stored = await who.stored(decision);
    expect(stored.state).toBe("presented");
    expect(stored.answer).toBeUndefined();
  });
});

describe("one request through two accounts", () => {
  it("is refused through the one that it is not addressed to", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const bob = { ...ACCOUNT, account: "bob@example.com" };
    const entry = await receive(who.ports, bob, envelope(request));
    expect(entry).toMatchObject({ state: "refused", refusal: { reason: "other_account" } });
    const decision = await who.show(request);
    expect(await decide(who.ports, { ...decision, account: bob.account, id: entry?.brokerId ?? "" }, RULES)).toEqual(
      refused("not_presented"),
    );
  });

  it("is signed with the key of the account that the decision names", async () => {
    const who = await alice();
    const other = { ...ACCOUNT, broker: "https://example.net/.well-known/confirm" };
    const otherKey = await newKey();
    const ports = {
      ...who.ports,
      keys: {
        ...who.ports.keys,
        signingKey: ({ broker }: { readonly broker: string }) =>
          Promise.resolve(broker === other.broker ? otherKey : who.device),
      },
    };
    const entry = await receive(ports, other, envelope(await signedRequest(who.bank)));
    if (entry === undefined) throw new Error("It was not taken.");
    await present(ports, refOf(entry));
    who.clock.pass(SECOND);
    expect(await decide(ports, yes(refOf(entry)), RULES)).toEqual({ ok: true });
    const answer = (await who.inbox.get(other, entry.digest))?.answer;
    if (answer === undefined) throw new Error("There is no answer.");
    expect((await openResponse(inClear(answer.jws))).signer.kid).toBe(otherKey.kid);
  });
});
