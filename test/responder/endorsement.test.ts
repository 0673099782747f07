/** A new device wants in: who may ask, what is shown of it, and what a yes needs. */
import { describe, expect, it } from "vitest";
import {
  encryptionJwkOf,
  newEncryptionPair,
  openResponse,
  requestDigest,
  signDeviceProfile,
  type SigningKey,
} from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { openEndorsement } from "../../src/receipt/index.ts";
import {
  decide,
  decideEndorsement,
  type EndorsementDecision,
  pendingEndorsements,
  pendingEntries,
  present,
  readStoredEntry,
  viewEndorsement,
  viewRequest,
  waitingEntries,
  writeStoredEntry,
} from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, refOf, yes } from "../support/alice.ts";
import { type Authenticator, newAuthenticator } from "../support/authenticator.ts";
import { endorseRequest } from "../support/endorsing.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { ALICE, inClear, newKey, profileOf, signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const PHONE = await newKey();

/** Alice, with the broker's request about the phone on the screen. */
async function asked(more: { readonly service?: SigningKey; readonly request?: object } = {}) {
  const who = await alice();
  const request = await endorseRequest({ service: who.service, device: PHONE, ...more });
  const entry = await who.take(request);
  if (entry === undefined) throw new Error("It was not taken.");
  return { who, request, entry };
}
async function shown(): Promise<{ readonly who: Alice; readonly no: EndorsementDecision; readonly request: Jws }> {
  const { who, entry, request } = await asked();
  await present(who.ports, refOf(entry));
  who.clock.pass(SECOND);
  return { who, request, no: { ...refOf(entry), value: false, typed: undefined, reason: undefined } };
}
/** The phone, which answers already, wants to ask for presence. */
async function changed(finger: Authenticator): Promise<{ readonly who: Alice; readonly no: EndorsementDecision }> {
  const who = await alice();
  const encryptionKey = await encryptionJwkOf(await newEncryptionPair({ extractable: true }));
  const parts = { account: ALICE, encryptionKey, created: SOME_TIME, presence: finger.body };
  who.broker.profiles.set(ALICE, [await profileOf(PHONE)]);
  const request = { endorse: await signDeviceProfile(PHONE, parts) };
  const entry = await who.take(await endorseRequest({ service: who.service, device: PHONE, request }));
  if (entry === undefined) throw new Error("It was not taken.");
  await present(who.ports, refOf(entry));
  who.clock.pass(SECOND);
  return { who, no: { ...refOf(entry), value: false, typed: undefined, reason: undefined } };
}
const END = PHONE.kid.slice(-11);

describe("a request to let a device in", () => {
  it("is kept apart from the requests, with a view of its own that does not tell the end of the fingerprint", async () => {
    const { who, entry } = await asked();
    expect(entry).toMatchObject({ state: "verified", endorses: true, vouched: false });
    expect(readStoredEntry(writeStoredEntry(entry))).toEqual(entry);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
    expect(await pendingEndorsements(who.ports, [ACCOUNT])).toEqual([entry]);
    expect(await viewRequest(who.ports, entry)).toBeUndefined();
    const view = await viewEndorsement(who.ports, entry);
    expect(view).toMatchObject({ ...refOf(entry), kind: "endorsement", fingerprintStart: PHONE.kid.slice(0, 23) });
    expect(JSON.stringify(view)).not.toContain(END);
    expect(JSON.stringify(view)).not.toContain("new device");
  });

  it("says of a device that the broker names among the account's that it is known, and where it asks for presence", async () => {
    const finger = await newAuthenticator({ RpId: "confirm.example" });
    const { who, no } = await changed(finger);
    expect(await viewEndorsement(who.ports, await who.stored(no))).toMatchObject({
      known: true,
      fingerprintStart: PHONE.kid.slice(0, 23),
      presence: { kid: finger.key.key.kid, rpId: "confirm.example", origin: finger.body.Origin },
    });
    expect(await decideEndorsement(who.ports, { ...no, value: true, typed: "AAAAA-AAAAA" }, RULES)).toEqual({
      ...{ ok: false, refusal: "fingerprint" },
    });
    expect(await decideEndorsement(who.ports, { ...no, value: true, typed: END }, RULES)).toEqual({ ok: true });
  });

  it("is refused where the place at which it asks for presence is no text to show", async () => {
    const { who, no } = await changed(await newAuthenticator({ Origin: "https://ethel\u202e.example" }));
    expect(await who.stored(no)).toMatchObject({ state: "refused", refusal: { reason: "text" } });
  });

  it.each<[string, (who: Alice) => Promise<Jws>]>([
    ["another key than the broker's", async (who) => endorseRequest({ service: who.bank, device: PHONE })],
    ["a device of the account", async (who) => endorseRequest({ service: who.device, device: PHONE })],
    [
      "the broker's key under another name",
      async ({ service }) => endorseRequest({ service, device: PHONE, request: { fromId: "it@example.com" } }),
    ],
    [
      "the broker's key about a device of another account",
      async ({ service }) => {
        const endorse = await profileOf(PHONE, "bob@example.com");
        return endorseRequest({ service, device: PHONE, request: { endorse } });
      },
    ],
    [
      "the broker's key with an option to choose",
      async ({ service }) => {
        const text = "<srml><h1>Let it in?</h1><button>Yes</button></srml>";
        return endorseRequest({ service, device: PHONE, request: { text } });
      },
    ],
  ])("is refused by %s", async (_, make) => {
    const who = await alice();
    const entry = await who.take(await make(who));
    expect(entry).toMatchObject({ state: "refused", endorses: false, refusal: { reason: "unsupported" } });
    expect(await pendingEndorsements(who.ports, [ACCOUNT])).toEqual([]);
  });

  it("is refused where it was stored as an ordinary request since, and so is one that was stored as it", async () => {
    const { who, entry } = await asked();
    const ordinary = await who.take(await signedRequest(who.bank));
    if (ordinary === undefined) throw new Error("It was not taken.");
    for (const [stored, endorses] of [[entry, false] as const, [ordinary, true] as const]) {
      await who.inbox.replace(["verified"], { ...stored, endorses });
      const [altered] = await waitingEntries(who.ports, [ACCOUNT]);
      if (altered === undefined) throw new Error("It does not wait.");
      expect(await (endorses ? viewEndorsement(who.ports, altered) : viewRequest(who.ports, altered))).toBeUndefined();
      expect(await who.stored(stored)).toMatchObject({ state: "refused", refusal: { reason: "malformed" } });
    }
  });

  it("comes before every request, however old", async () => {
    const who = await alice();
    const first = await who.take(await signedRequest(who.bank));
    who.clock.pass(SECOND);
    const entry = await who.take(await endorseRequest({ service: who.service, device: PHONE }));
    expect(await waitingEntries(who.ports, [ACCOUNT])).toEqual([entry, first]);
  });

  it("expires like any other", async () => {
    const { who } = await asked();
    who.clock.pass(10 * MINUTE);
    expect(await pendingEndorsements(who.ports, [ACCOUNT])).toEqual([]);
  });
});

describe("a yes to a new device", () => {
  it.each([END, END.toLowerCase(), END.replace("-", ""), ` ${END.replace("-", " ")} `])(
    "is signed where the end of its fingerprint was typed: %j",
    async (typed) => {
      const { who, no } = await shown();
      expect(await decideEndorsement(who.ports, { ...no, value: true, typed }, RULES)).toEqual({ ok: true });
      const { answer } = await who.stored(no);
      if (answer === undefined) throw new Error("There is no answer.");
      expect(await openEndorsement(inClear(answer.jws))).toMatchObject({
        value: true,
        endorser: who.device.kid,
        service: who.service.kid,
        device: { signingKey: { kid: PHONE.kid } },
      });
    },
  );

  it.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["one group", PHONE.kid.slice(-5)],
    ["the first groups", PHONE.kid.slice(0, 11)],
    ["the whole fingerprint", PHONE.kid],
    ["another device's", "AAAAA-AAAAA"],
  ])("is refused where %s was typed, and nothing is signed", async (_, typed) => {
    const { who, no } = await shown();
    expect(await decideEndorsement(who.ports, { ...no, value: true, typed }, RULES)).toEqual({
      ok: false,
      refusal: "fingerprint",
    });
    const stored = await who.stored(no);
    expect(stored.state).toBe("presented");
    expect(stored.answer).toBeUndefined();
  });

  it("is refused as the answer to an ordinary request, tick or not", async () => {
    const { who, no } = await shown();
    expect(await decide(who.ports, yes(no), RULES)).toEqual({ ok: false, refusal: "not_presented" });
    const stored = await who.stored(no);
    expect(stored.state).toBe("presented");
    expect(stored.answer).toBeUndefined();
  });

  it("cannot be given to an ordinary request", async () => {
    const who = await alice();
    const ref = await who.show(await signedRequest(who.bank));
    const decision = { ...ref, value: true, typed: END, reason: undefined };
    expect(await decideEndorsement(who.ports, decision, RULES)).toEqual({ ok: false, refusal: "not_presented" });
  });

  it("is refused too soon, and with a reason for a no", async () => {
    const { who, entry } = await asked();
    await present(who.ports, refOf(entry));
    const decision = { ...refOf(entry), value: true, typed: END, reason: undefined };
    expect(await decideEndorsement(who.ports, decision, RULES)).toEqual({ ok: false, refusal: "too_soon" });
    who.clock.pass(SECOND);
    expect(await decideEndorsement(who.ports, { ...decision, reason: "unknown" }, RULES)).toEqual({
      ok: false,
      refusal: "choice",
    });
  });

  it("counts once", async () => {
    const { who, no } = await shown();
    const decision = { ...no, value: true, typed: END };
    const outcomes = await Promise.all([1, 2].map(() => decideEndorsement(who.ports, decision, RULES)));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe("a no to a new device", () => {
  it("needs nothing typed, and may say that the user knows of no device", async () => {
    const { who, no, request } = await shown();
    expect(await decideEndorsement(who.ports, { ...no, reason: "unknown" }, RULES)).toEqual({ ok: true });
    const { answer } = await who.stored({ digest: await requestDigest(request) });
    if (answer === undefined) throw new Error("There is no answer.");
    expect(await openResponse(inClear(answer.jws))).toMatchObject({ value: false, reason: "unknown" });
  });
});
