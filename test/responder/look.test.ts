/** What there is to see: pending requests oldest first over all accounts, results, refusals newest first. */
import { describe, expect, it } from "vitest";
import { requestDigest } from "../../src/crypto/index.ts";
import {
  decide,
  deliverDue,
  pendingEntries,
  present,
  receive,
  refusedResults,
  refuseUnshowable,
  viewRequest,
  viewResult,
  withdrawIfConfirmed,
} from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, envelope, refOf } from "../support/alice.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { flippedSignature, newKey, signedRequest, inClear } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const BOB = { ...ACCOUNT, account: "bob@example.com" };
const ELSEWHERE = { ...ACCOUNT, broker: "https://example.net/.well-known/confirm" };
const ALL = [ACCOUNT, BOB, ELSEWHERE];

async function headings(who: Alice): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await pendingEntries(who.ports, ALL)) {
    const body = JSON.parse(Buffer.from(inClear(entry.request).payload, "base64url").toString()) as {
      TBSRequest: { Text: string };
    };
    found.push(/<h1>(.*)<\/h1>/.exec(body.TBSRequest.Text)?.[1] ?? "");
  }
  return found;
}

describe("pending requests", () => {
  it("come oldest first, whichever account they came through", async () => {
    const who = await alice();
    const ask = async (heading: string, account = ACCOUNT): Promise<void> => {
      const request = await signedRequest(who.bank, { text: { heading }, toId: account.account });
      await receive(who.ports, account, envelope(request));
      who.clock.pass(SECOND);
    };
    await ask("first", BOB);
    await ask("second");
    await ask("third", ELSEWHERE);
    await ask("fourth", BOB);
    expect(await headings(who)).toEqual(["first", "second", "third", "fourth"]);
  });

  it("of muted senders come last, and still come", async () => {
    const who = await alice();
    const mute = await newKey();
    const ports = { ...who.ports, mutedKids: () => Promise.resolve(new Set([mute.kid])) };
    const first = await who.take(await signedRequest(mute));
    who.clock.pass(SECOND);
    const second = await who.take(await signedRequest(who.bank));
    expect(await pendingEntries(ports, [ACCOUNT])).toEqual([second, first]);
    const [one, other] = [second, first].map((entry) => entry && viewRequest(ports, entry));
    expect([(await one)?.sender.muted, (await other)?.sender.muted]).toEqual([false, true]);
  });

  it("that came in the same millisecond keep the broker's order", async () => {
    const who = await alice();
    for (const Sequence of [3, 1, 2]) {
      await who.take(await signedRequest(who.bank, { text: { heading: `number ${Sequence}` } }), { Sequence });
    }
    expect(await headings(who)).toEqual(["number 1", "number 2", "number 3"]);
  });

  it("are verified or presented, and nothing else", async () => {
    const who = await alice();
    const answered = await who.show();
    await decide(who.ports, answered, RULES);
    const shown = await who.show();
    const withdrawn = await who.show();
    await withdrawIfConfirmed(who.ports, ACCOUNT, withdrawn.id);
    const unshowable = await who.show();
    await refuseUnshowable(who.ports, unshowable);
    await who.take(flippedSignature(await signedRequest(who.bank)));
    const fresh = await who.take(await signedRequest(who.bank));
    const pending = await pendingEntries(who.ports, [ACCOUNT]);
    expect(pending.map((entry) => entry.digest)).toEqual([shown.digest, fresh?.digest]);
  });

  it("expire on their own, each at its own time", async () => {
    const who = await alice();
    const long = await who.take(await signedRequest(who.bank, { expire: SOME_TIME + 10 * MINUTE }));
    const short = await who.take(await signedRequest(who.bank));
    who.clock.pass(5 * MINUTE - 1);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toHaveLength(2);
    who.clock.pass(1);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([long]);
    expect(short === undefined ? undefined : (await who.stored(short)).state).toBe("expired");
  });
});

describe("a pending request without a view", () => {
  it.each([
    ["that is another one in the storage", "other"],
    ["whose signature does not hold any more", "flipped"],
    ["whose signed time is over", "over"],
  ] as const)("%s waits no more: whoever is told of it and looks again finds nothing new", async (_, how) => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const entry = await who.take(request);
    if (entry === undefined) throw new Error("It was not taken.");
    const stored =
      how === "other" ? await signedRequest(who.bank) : how === "flipped" ? flippedSignature(request) : request;
    // What is stored beside the request says that there is time left.
    const expires = SOME_TIME + 10 * MINUTE;
    expect(await who.inbox.replace(["verified"], { ...entry, request: stored, expires })).toBe(true);
    if (how === "over") who.clock.pass(6 * MINUTE);
    const [waits] = await pendingEntries(who.ports, [ACCOUNT]);
    expect(waits && (await viewRequest(who.ports, waits))).toBeUndefined();
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  });

  it("is none while nothing can be written: the look fails, and tells nobody", async () => {
    const who = await alice();
    const entry = await who.take(await signedRequest(who.bank));
    if (entry === undefined) throw new Error("It was not taken.");
    who.inbox.disk = "full";
    who.clock.pass(6 * MINUTE);
    await expect(viewRequest(who.ports, entry)).rejects.toThrow("full");
  });
});

describe("the result of a request that was on the screen", () => {
  it("is none while it is pending", async () => {
    const who = await alice();
    expect(await viewResult(who.ports, await who.show())).toBeUndefined();
  });

  it("is none for a request that is not here, or has another BrokerID", async () => {
    const who = await alice();
    const decision = await who.show();
    await decide(who.ports, decision, RULES);
    expect(await viewResult(who.ports, { ...decision, digest: "A".repeat(43) })).toBeUndefined();
    expect(await viewResult(who.ports, { ...decision, id: "ANOTHER" })).toBeUndefined();
  });

  it("says what was answered, and that it is not delivered yet", async () => {
    const who = await alice();
    const text = { heading: "Grant Administrator", buttons: [{ label: "For 15 minutes", value: "15m" }] };
    const decision = { ...(await who.show(await signedRequest(who.bank, { text }))), choice: "15m" };
    await decide(who.ports, decision, RULES);
    who.broker.reachable = false;
    await deliverDue(who.ports, ACCOUNT, () => SECOND);
    expect(await viewResult(who.ports, decision)).toMatchObject({
      kind: "answered",
      heading: "Grant Administrator",
      value: true,
      label: "For 15 minutes",
      at: SOME_TIME + SECOND,
      delivery: undefined,
      attempts: 1,
    });
  });

  it.each([
    [201, "accepted"],
    [409, "conflict"],
    [410, "late"],
  ] as const)("says what the broker made of the answer: %i is %s", async (status, delivery) => {
    const who = await alice();
    const decision = { ...(await who.show()), value: false };
    await decide(who.ports, decision, RULES);
    who.broker.replies.push(status);
    await deliverDue(who.ports, ACCOUNT, () => SECOND);
    expect(await viewResult(who.ports, decision)).toMatchObject({
      kind: "answered",
      value: false,
      delivery,
      deliveredAt: SOME_TIME + SECOND,
    });
  });

  it("is that it expired, as soon as its time is over", async () => {
    const who = await alice();
    const decision = await who.show();
    who.clock.pass(5 * MINUTE);
    expect(await viewResult(who.ports, decision)).toMatchObject({ kind: "expired", heading: "Open pod bay doors" });
  });

  it("is that it was withdrawn, with the broker's word for how", async () => {
    const who = await alice();
    const decision = await who.show();
    who.broker.statuses.set(decision.id, "ECANCEL");
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect(await viewResult(who.ports, decision)).toMatchObject({ kind: "withdrawn", status: "ECANCEL" });
  });
});

describe("refused requests", () => {
  it("are listed newest first, over all accounts", async () => {
    const who = await alice();
    const digests: string[] = [];
    for (const account of [ACCOUNT, BOB, ACCOUNT, ELSEWHERE, BOB]) {
      const request = flippedSignature(await signedRequest(who.bank, { toId: account.account }));
      digests.unshift(await requestDigest(request));
      await receive(who.ports, account, envelope(request));
      who.clock.pass(SECOND);
    }
    const results = await refusedResults(who.ports, ALL);
    expect(results.map((result) => result.digest)).toEqual(digests);
  });

  it("say nothing in the words of a request that did not verify", async () => {
    const who = await alice();
    await who.take(flippedSignature(await signedRequest(who.bank)));
    expect(await refusedResults(who.ports, [ACCOUNT])).toMatchObject([{ heading: "", fromId: "" }]);
  });

  it("are not on the screen, nor can be put there", async () => {
    const who = await alice();
    const entry = await who.take(flippedSignature(await signedRequest(who.bank)));
    if (entry === undefined) throw new Error("It was not taken.");
    expect(await present(who.ports, refOf(entry))).toBe(false);
  });
});
