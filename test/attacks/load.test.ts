/** Load on the user: what one sender, many senders or the broker itself can pile up is bounded, in order, and each of it answerable. */
import { describe, expect, it } from "vitest";
import type { RequestEntry } from "../../src/protocol/index.ts";
import {
  decide,
  type InboxEntry,
  MOST_EVER,
  MOST_KEPT,
  MOST_OPEN,
  pendingEntries,
  poll,
  present,
  receive,
  refusedResults,
  viewRequest,
  viewResult,
} from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, envelope, refOf, yes } from "../support/alice.ts";
import { DAY, MINUTE, SECOND } from "../support/fake-clock.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { flippedSignature, foreignRequest, newKey, signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };

async function requests(count: number, ask: (index: number) => Promise<RequestEntry["Request"]>) {
  const entries: RequestEntry[] = [];
  for (let index = 0; index < count; index++) entries.push(envelope(await ask(index), { Sequence: index + 1 }));
  return entries;
}

const waiting = (who: Alice): Promise<readonly InboxEntry[]> => pendingEntries(who.ports, [ACCOUNT]);

/** Shows the oldest and says yes; the heading that was on the screen. */
async function answerOldest(who: Alice): Promise<string> {
  const [oldest] = await waiting(who);
  const view = oldest === undefined ? undefined : await viewRequest(who.ports, oldest);
  if (oldest === undefined || view === undefined) throw new Error("Nothing waits.");
  await present(who.ports, refOf(oldest));
  who.clock.pass(SECOND);
  expect(await decide(who.ports, yes(refOf(oldest)), RULES)).toEqual({ ok: true });
  return view.srml.heading;
}

describe("1,000 requests of one sender", () => {
  it("are taken in as far as there is room, and the others as it comes, oldest first, each answerable", async () => {
    const who = await alice();
    const all = await requests(1000, (index) =>
      signedRequest(who.bank, { text: { heading: `Request ${index}` }, expire: who.clock.read() + DAY }),
    );
    who.broker.entries.push(...all);
    await poll(who.ports, ACCOUNT);
    expect(await waiting(who)).toHaveLength(MOST_OPEN);
    for (let index = 0; index < 3; index++) {
      expect(await answerOldest(who)).toBe(`Request ${index}`);
      who.broker.entries.shift();
    }
    expect(await waiting(who)).toHaveLength(MOST_OPEN - 3);
    await poll(who.ports, ACCOUNT);
    const now = await waiting(who);
    expect(now).toHaveLength(MOST_OPEN);
    expect(now.at(-1)?.brokerId).toBe(all[MOST_OPEN + 2]?.BrokerID);
  });

  it("withdraw nothing that waits, because the ones that found no room are not missing", async () => {
    const who = await alice();
    who.broker.entries.push(...(await requests(MOST_OPEN + 5, () => signedRequest(who.bank))));
    await poll(who.ports, ACCOUNT);
    await poll(who.ports, ACCOUNT);
    expect((await who.inbox.list(ACCOUNT)).map(({ state }) => state)).toEqual(Array(MOST_OPEN).fill("verified"));
  });
});

describe("100 senders at once", () => {
  it("are each shown with their own key, in the order in which they came", async () => {
    const who = await alice();
    const senders = await Promise.all(Array.from({ length: 100 }, newKey));
    who.broker.entries.push(
      ...(await Promise.all(
        senders.map(async (key, index) => envelope(await signedRequest(key), { Sequence: index + 1 })),
      )),
    );
    expect(await poll(who.ports, ACCOUNT)).toBe(100);
    const views = await Promise.all((await waiting(who)).map((entry) => viewRequest(who.ports, entry)));
    expect(views.map((view) => view?.sender.kid)).toEqual(senders.map(({ kid }) => kid));
    for (let index = 0; index < 100; index++) await answerOldest(who);
    expect(await waiting(who)).toEqual([]);
  });
});

describe("the storage of an account", () => {
  /** As many entries as are kept, made of this one. */
  async function filledWith(who: Alice, entry: InboxEntry, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const digest = String(index).padStart(43, "A");
      await who.inbox.insert({ ...entry, digest, received: entry.received - count + index });
    }
  }

  it("does not grow with what is over or refused; what is forgotten is not shown when it is played again", async () => {
    const who = await alice();
    const old = await requests(30, async (index) => {
      const request = await signedRequest(who.bank);
      return index % 3 === 0 ? flippedSignature(request) : request;
    });
    for (const entry of old) await receive(who.ports, ACCOUNT, entry);
    who.clock.pass(6 * MINUTE);
    expect(await waiting(who)).toEqual([]);
    const refused = await who.take(flippedSignature(await signedRequest(who.bank)));
    if (refused === undefined) throw new Error("It was not taken.");
    await filledWith(who, refused, MOST_KEPT - old.length - 1);

    for (const _ of old) await who.take(await signedRequest(who.bank, { created: who.clock.read() }));
    const stored = new Set((await who.inbox.list(ACCOUNT)).map(({ brokerId }) => brokerId));
    expect(await who.inbox.list(ACCOUNT)).toHaveLength(MOST_KEPT);
    expect(old.filter(({ BrokerID }) => stored.has(BrokerID ?? ""))).toEqual([]);

    const before = (await waiting(who)).map(({ brokerId }) => brokerId);
    for (const entry of old) await receive(who.ports, ACCOUNT, entry);
    expect((await waiting(who)).map(({ brokerId }) => brokerId)).toEqual(before);
    expect(await who.inbox.list(ACCOUNT)).toHaveLength(MOST_KEPT);
    // However much was refused, it is told in a bounded time.
    expect(await refusedResults(who.ports, [ACCOUNT])).toHaveLength(20);
  });

  it("keeps an answer that is on its way, and a request without dates, however much comes after", async () => {
    const who = await alice();
    const decision = await who.show();
    await decide(who.ports, decision, RULES);
    const undated = await who.take(foreignRequest(foreignKey(), undefined, null));
    who.clock.pass(2 * DAY);
    expect(await waiting(who)).toEqual([]);
    const over = await who.take(await signedRequest(who.bank, { created: who.clock.read() - 6 * MINUTE }));
    if (over === undefined || undated === undefined) throw new Error("It was not taken.");
    await filledWith(who, over, MOST_KEPT);
    for (let count = 0; count < 20; count++) {
      await who.take(await signedRequest(who.bank, { created: who.clock.read() }));
    }
    expect((await who.stored(decision)).state).toBe("answered");
    expect((await who.stored(undated)).state).toBe("expired");
  });

  it("ends at a bound where nothing can be forgotten: then nothing more is taken, and nothing is lost", async () => {
    const who = await alice();
    const undated = await who.take(foreignRequest(foreignKey(), undefined, null));
    if (undated === undefined) throw new Error("It was not taken.");
    await filledWith(who, { ...undated, state: "expired", ended: who.clock.read() }, MOST_EVER - 2);
    expect(await who.take(await signedRequest(who.bank))).toMatchObject({ state: "verified" });
    expect(await who.take(await signedRequest(who.bank))).toBeUndefined();
    expect((await who.inbox.list(ACCOUNT)).length).toBe(MOST_EVER);
  });
});

describe("a stored request that was altered between sessions", () => {
  it("into another signed request of the same sender is refused, and none of its words are shown", async () => {
    const who = await alice();
    const small = await who.take(await signedRequest(who.bank, { text: { heading: "Pay 1 EUR" } }));
    const large = await signedRequest(who.bank, { text: { heading: "Pay 9,999 EUR" } });
    if (small === undefined) throw new Error("It was not taken.");
    await who.inbox.replace(["verified"], { ...small, request: large });
    const [altered] = await waiting(who);
    expect(altered === undefined ? undefined : await viewRequest(who.ports, altered)).toBeUndefined();
    expect(await viewResult(who.ports, refOf(small))).toMatchObject({
      kind: "refused",
      reason: "malformed",
      heading: "",
      fromId: "",
    });
    expect(await decide(who.ports, yes(refOf(small)), RULES)).toMatchObject({ ok: false });
  });

  it("after its answer says nothing in the words of what was put in its place", async () => {
    const who = await alice();
    const decision = await who.show();
    await decide(who.ports, decision, RULES);
    const large = await signedRequest(who.bank, { text: { heading: "Pay 9,999 EUR" } });
    await who.inbox.replace(["answered"], { ...(await who.stored(decision)), request: large });
    expect(await viewResult(who.ports, decision)).toMatchObject({ kind: "answered", heading: "" });
  });
});
