/** REFUSED: only a pinned sender hears that its request is not shown (design §7); from silence nobody learns that the browser is on. */
import { describe, expect, it } from "vitest";
import {
  decide,
  deliverDue,
  pendingEndorsements,
  pendingEntries,
  readStoredEntry,
  refuseBlocked,
  refusedResults,
  refuseUnshowable,
  senderOf,
  writeStoredEntry,
} from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice } from "../support/alice.ts";
import { secretRequest } from "../support/encrypting.ts";
import { endorseRequest } from "../support/endorsing.ts";
import { DAY, MINUTE } from "../support/fake-clock.ts";
import { BANK, flippedSignature, newKey, profileOf, signedRequest } from "../support/signing.ts";

const soon = (): number => MINUTE;
const UNSHOWABLE = { text: "<srml><h1>Pay <b>20</b> EUR</h1></srml>" };

async function pinnedBank(): Promise<Alice> {
  const who = await alice();
  who.pins.set(BANK, [who.bank.kid]);
  return who;
}

describe("a key that is blocked", () => {
  it("is not seen any more with what it still asks; that is listed with the reason, and nobody is told", async () => {
    const who = await pinnedBank();
    const other = await newKey();
    const one = await who.show(await signedRequest(who.bank));
    await who.take(await signedRequest(who.bank));
    await who.take(await signedRequest(other, { fromId: "mail@ethel.example" }));
    const answered = await who.show(await signedRequest(who.bank));
    expect(await decide(who.ports, { ...answered, value: false }, { armingMs: 600 })).toEqual({ ok: true });
    await refuseBlocked(who.ports, ACCOUNT, who.bank.kid);
    const left = await pendingEntries(who.ports, [ACCOUNT]);
    expect(left).toHaveLength(1);
    expect(await senderOf(who.ports, left[0] ?? (await who.stored(one)))).toMatchObject({ kid: other.kid });
    expect(await refusedResults(who.ports, [ACCOUNT])).toMatchObject([{ reason: "blocked" }, { reason: "blocked" }]);
    expect(await who.stored(answered)).toMatchObject({ state: "answered" });
    const entry = await who.stored(one);
    expect(readStoredEntry(writeStoredEntry(entry))).toEqual(entry);
    await deliverDue(who.ports, ACCOUNT, soon);
    expect(who.broker.refused).toEqual([]);
    expect(await decide(who.ports, one, { armingMs: 600 })).toEqual({ ok: false, refusal: "not_pending" });
  });

  it("by another name does not take the broker's own question along", async () => {
    const who = await alice();
    await who.take(await endorseRequest({ service: who.service, device: await newKey() }));
    await refuseBlocked(who.ports, ACCOUNT, who.service.kid);
    expect(await pendingEndorsements(who.ports, [ACCOUNT])).toHaveLength(1);
  });
});

describe("REFUSED", () => {
  it("is told to the broker, once, of a pinned sender's request that cannot be shown", async () => {
    const who = await pinnedBank();
    const entry = await who.take(await signedRequest(who.bank, UNSHOWABLE));
    expect(entry).toMatchObject({ state: "refused", refusal: { reason: "text" }, tell: true });
    await deliverDue(who.ports, ACCOUNT, soon);
    await deliverDue(who.ports, ACCOUNT, soon);
    expect(who.broker.refused).toEqual([entry?.brokerId]);
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([{ state: "refused", tell: false }]);
  });

  it("is told of one that the sanitizer would change", async () => {
    const who = await pinnedBank();
    const ref = await who.show(await signedRequest(who.bank));
    expect(await refuseUnshowable(who.ports, ref)).toBe(true);
    await deliverDue(who.ports, ACCOUNT, soon);
    expect(who.broker.refused).toEqual([ref.id]);
  });

  it("is told again, by the next process too, until the broker has a word for it", async () => {
    const who = await pinnedBank();
    const entry = await who.take(await signedRequest(who.bank, UNSHOWABLE));
    if (entry === undefined) throw new Error("It was not taken.");
    expect(readStoredEntry(writeStoredEntry(entry))).toEqual(entry);
    who.broker.replies.push("no word", 500, 410);
    for (let time = 0; time < 5; time++) await deliverDue(who.ports, ACCOUNT, soon);
    expect(who.broker.refused).toHaveLength(3);
  });

  it("is not told any more a day after", async () => {
    const who = await pinnedBank();
    await who.take(await signedRequest(who.bank, UNSHOWABLE));
    who.broker.reachable = false;
    who.clock.pass(DAY);
    await deliverDue(who.ports, ACCOUNT, soon);
    await deliverDue(who.ports, ACCOUNT, soon);
    expect(who.broker.refused).toHaveLength(1);
  });

  it.each([
    ["that is not pinned", [], "offered"],
    ["that is pinned with another key", ["MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI"], "none"],
    ["whose domain publishes the key", [], "published"],
  ] as const)("is never told to a sender %s", async (_, pins, check) => {
    const who = await alice();
    who.pins.set(BANK, [...pins]);
    who.domains.set(`ethel.example ${who.bank.kid}`, check);
    expect(await who.take(await signedRequest(who.bank, UNSHOWABLE))).toMatchObject({ state: "refused", tell: false });
    const ref = await who.show(await signedRequest(who.bank));
    await refuseUnshowable(who.ports, ref);
    await deliverDue(who.ports, ACCOUNT, soon);
    expect(who.broker.refused).toEqual([]);
  });

  it("is never told of what a pinned sender did not sign, or another posted for it", async () => {
    const who = await pinnedBank();
    await who.take(flippedSignature(await signedRequest(who.bank, UNSHOWABLE)));
    const secret = await secretRequest(who.bank, [who.encryption], UNSHOWABLE);
    await who.take(secret.jwe, { PostedBy: (await newKey()).kid });
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([
      { refusal: { reason: "signature" }, tell: false },
      { refusal: { reason: "encryption" }, tell: false },
    ]);
  });

  it("is not told of what another device of the account may well show", async () => {
    const who = await pinnedBank();
    who.clock.pass(-DAY);
    expect(await who.take(await signedRequest(who.bank))).toMatchObject({ refusal: { reason: "dates" }, tell: false });
    who.clock.pass(DAY);
    const endorse = { endorse: await profileOf(await newKey()) };
    expect(await who.take(await signedRequest(who.bank, endorse))).toMatchObject({
      refusal: { reason: "unsupported" },
      tell: false,
    });
  });
});
