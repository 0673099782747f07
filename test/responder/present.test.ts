/** A request goes on the screen: only a pending one, named by BrokerID and digest. */
import { describe, expect, it } from "vitest";
import { present, refusedResults, refuseUnshowable, viewRequest } from "../../src/responder/index.ts";
import type { InboxState } from "../../src/responder/index.ts";
import { ACCOUNT, alice, refOf } from "../support/alice.ts";
import { DAY, MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { BANK, foreignRequest, PLAIN_REQUEST, signedRequest } from "../support/signing.ts";

async function waiting() {
  const who = await alice();
  const entry = await who.take(await signedRequest(who.bank));
  if (entry === undefined) throw new Error("It was not taken.");
  return { who, entry, ref: refOf(entry) };
}

describe("present", () => {
  it("notes when the request was put on the screen, and again when it is put there again", async () => {
    const { who, ref } = await waiting();
    who.clock.pass(SECOND);
    expect(await present(who.ports, ref)).toBe(true);
    expect(await who.stored(ref)).toMatchObject({ state: "presented", presented: SOME_TIME + SECOND });
    who.clock.pass(SECOND);
    expect(await present(who.ports, ref)).toBe(true);
    expect(await who.stored(ref)).toMatchObject({ state: "presented", presented: SOME_TIME + 2 * SECOND });
  });

  it.each([
    ["digest", { digest: "A".repeat(43) }],
    ["BrokerID", { id: "ANOTHER" }],
    ["account", { account: "bob@example.com" }],
    ["broker", { broker: "https://example.net/.well-known/confirm" }],
  ])("refuses another %s, and the request stays as it was", async (_, change) => {
    const { who, entry, ref } = await waiting();
    expect(await present(who.ports, { ...ref, ...change })).toBe(false);
    expect(await who.stored(ref)).toEqual(entry);
  });

  const settled: readonly InboxState[] = ["received", "answered", "delivered", "expired", "withdrawn", "refused"];
  it.each(settled)("refuses a request that is %s", async (state) => {
    const { who, entry, ref } = await waiting();
    await who.inbox.replace(["verified"], { ...entry, state });
    expect(await present(who.ports, ref)).toBe(false);
    expect((await who.stored(ref)).state).toBe(state);
  });

  it("refuses a request whose time is over, and expires it", async () => {
    const { who, ref } = await waiting();
    who.clock.pass(5 * MINUTE);
    expect(await present(who.ports, ref)).toBe(false);
    expect(await who.stored(ref)).toMatchObject({ state: "expired", ended: SOME_TIME + 5 * MINUTE });
  });
});

describe("a view", () => {
  it("has the whole text, who asks, and until when", async () => {
    const who = await alice();
    const text = {
      heading: "Pay 1,200.00 EUR",
      paragraphs: ["To: Ethel & Söhne", "IBAN <DE02>"],
      buttons: [{ label: "From savings", value: "savings" }, { label: "From current" }],
    };
    const entry = await who.take(await signedRequest(who.bank, { text }));
    if (entry === undefined) throw new Error("It was not taken.");
    expect(await viewRequest(who.ports, entry)).toEqual({
      ...refOf(entry),
      accountDomain: undefined,
      sender: {
        trust: "unverified",
        check: "offered",
        fromId: BANK,
        domain: { ascii: "ethel.example", unicode: undefined, mixesScripts: false, resembles: undefined },
        kid: who.bank.kid,
        acceptedBefore: 0,
        muted: false,
      },
      srml: text,
      match: false,
      created: SOME_TIME,
      expires: SOME_TIME + 5 * MINUTE,
      encryptedFor: 0,
    });
  });

  it("says that a plain draft peer's request is undated", async () => {
    const who = await alice();
    const entry = await who.take(foreignRequest(foreignKey(), PLAIN_REQUEST, null));
    if (entry === undefined) throw new Error("It was not taken.");
    expect(await viewRequest(who.ports, entry)).toMatchObject({ created: undefined, expires: SOME_TIME + DAY });
  });

  it("of stored bytes that were changed is none: the request is refused, not shown", async () => {
    const { who, entry, ref } = await waiting();
    const other = await signedRequest(who.bank, { text: { heading: "Close pod bay doors" } });
    const changed = { ...entry, request: other };
    await who.inbox.replace(["verified"], changed);
    expect(await viewRequest(who.ports, changed)).toBeUndefined();
    expect(await who.stored(ref)).toMatchObject({ state: "refused", refusal: { reason: "malformed" } });
  });

  it("of a stored life that was lengthened is none", async () => {
    const { who, entry } = await waiting();
    const changed = { ...entry, expires: SOME_TIME + DAY };
    await who.inbox.replace(["verified"], changed);
    who.clock.pass(5 * MINUTE);
    expect(await viewRequest(who.ports, changed)).toBeUndefined();
  });
});

describe("a text that the sanitizer would change", () => {
  it("is refused, and listed with that reason", async () => {
    const { who, ref } = await waiting();
    await present(who.ports, ref);
    expect(await refuseUnshowable(who.ports, ref)).toBe(true);
    expect(await refusedResults(who.ports, [ACCOUNT])).toMatchObject([
      { kind: "refused", reason: "sanitizer", id: ref.id, digest: ref.digest },
    ]);
    expect(await present(who.ports, ref)).toBe(false);
  });

  it("is named by BrokerID and digest, and an answered request is left alone", async () => {
    const { who, entry, ref } = await waiting();
    expect(await refuseUnshowable(who.ports, { ...ref, id: "ANOTHER" })).toBe(false);
    await who.inbox.replace(["verified"], { ...entry, state: "answered" });
    expect(await refuseUnshowable(who.ports, ref)).toBe(false);
    expect((await who.stored(ref)).state).toBe("answered");
  });
});
