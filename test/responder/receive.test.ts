/** A request comes in: stored first, then verified; refused ones are kept with their reason, known ones not taken again. */
import { describe, expect, it } from "vitest";
import { requestDigest } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { pendingEntries, poll, receive, refusedResults, resumeReceived } from "../../src/responder/index.ts";
import type { InboxEntry } from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, envelope } from "../support/alice.ts";
import { DAY, HOUR, MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import {
  flippedPayload,
  flippedSignature,
  foreignRequest,
  newKey,
  PLAIN_REQUEST,
  signedRequest,
  inClear,
} from "../support/signing.ts";

const STRANGER = foreignKey();
const date = (instant: number): string => new Date(instant).toISOString();
const DATED = {
  ...PLAIN_REQUEST,
  EnquirerID: "one",
  Created: date(SOME_TIME),
  Expire: date(SOME_TIME + 5 * MINUTE),
};

async function taken(who: Alice, request: Jws): Promise<InboxEntry> {
  const entry = await who.take(request);
  if (entry === undefined) throw new Error("It was not taken.");
  expect(await who.stored(entry)).toEqual(entry);
  return entry;
}

async function refusalOf(who: Alice, request: Jws): Promise<string | undefined> {
  const entry = await taken(who, request);
  expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  expect(entry.state).toBe("refused");
  return entry.refusal?.reason;
}

describe("a request that verifies", () => {
  it("is stored with the bytes that the broker sent, and waits until its signed Expire", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const entry = await taken(who, request);
    expect(entry).toMatchObject({ state: "verified", request, expires: SOME_TIME + 5 * MINUTE, received: SOME_TIME });
    expect(entry.digest).toBe(await requestDigest(request));
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([entry]);
  });

  it("lives as long as it was signed for, whatever the envelope says", async () => {
    const who = await alice();
    const entry = await who.take(await signedRequest(who.bank), { Expire: date(SOME_TIME + DAY) });
    expect(entry?.expires).toBe(SOME_TIME + 5 * MINUTE);
  });

  it("may have been made up to two minutes ahead of this clock", async () => {
    const who = await alice();
    expect(await who.take(await signedRequest(who.bank, { created: SOME_TIME + 2 * MINUTE }))).toMatchObject({
      state: "verified",
    });
  });

  it("may live exactly 7 days", async () => {
    const who = await alice();
    expect(await who.take(await signedRequest(who.bank, { expire: SOME_TIME + 7 * DAY }))).toMatchObject({
      state: "verified",
    });
  });

  it("is addressed to the account when only the domain's letters differ in case", async () => {
    const who = await alice();
    expect(await who.take(foreignRequest(STRANGER, { ...DATED, ToID: "alice@EXAMPLE.com" }))).toMatchObject({
      state: "verified",
    });
  });

  it.each([true, false])("may say whether it needs the user's presence: %s", async (Presence) => {
    const who = await alice();
    expect(await who.take(foreignRequest(STRANGER, { ...DATED, Presence }))).toMatchObject({ state: "verified" });
  });

  it("cannot be kept without a BrokerID, because no answer could name it", async () => {
    const who = await alice();
    const { BrokerID: _, ...unnamed } = envelope(await signedRequest(who.bank));
    expect(await receive(who.ports, ACCOUNT, unnamed)).toBeUndefined();
    expect(await who.inbox.list(ACCOUNT)).toEqual([]);
  });
});

describe("a digest that was seen before", () => {
  it("is not taken again, under the same BrokerID or another, or in another envelope", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const first = await taken(who, request);
    expect(await who.take(request, { BrokerID: first.brokerId })).toBeUndefined();
    expect(await who.take(request)).toBeUndefined();
    expect(await who.take(request, { Sequence: 9, Expire: date(SOME_TIME + DAY), EnquirerID: "x" })).toBeUndefined();
    expect(await who.inbox.list(ACCOUNT)).toEqual([first]);
  });

  it("is not taken again with another signature over the same bytes, or another kid beside it", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const first = await taken(who, request);
    expect(await who.take(flippedSignature(request))).toBeUndefined();
    const [signature] = request.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    expect(await who.take({ ...request, signatures: [{ ...signature, header: {} }] })).toBeUndefined();
    expect(await who.inbox.list(ACCOUNT)).toEqual([first]);
  });

  it("stays refused, however often it comes", async () => {
    const who = await alice();
    const request = foreignRequest(STRANGER, { ...DATED, Text: "<srml/>" });
    expect(await refusalOf(who, request)).toBe("text");
    expect(await who.take(request)).toBeUndefined();
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  });

  it("stays expired, however often it comes", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    await who.take(request);
    who.clock.pass(5 * MINUTE);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
    expect(await who.take(request)).toBeUndefined();
    who.clock.pass(-5 * MINUTE);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  });

  it("is another request at another broker of the same account", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    await taken(who, request);
    const other = { ...ACCOUNT, broker: "https://example.net/.well-known/confirm" };
    expect(await receive(who.ports, other, envelope(request))).toMatchObject({ state: "verified" });
  });
});

describe("what a stranger cannot get onto the screen", () => {
  it("a request to another account", async () => {
    const who = await alice();
    expect(await refusalOf(who, await signedRequest(who.bank, { toId: "bob@example.com" }))).toBe("other_account");
  });

  it("a request to an account that differs in the case of its local part", async () => {
    const who = await alice();
    expect(await refusalOf(who, await signedRequest(who.bank, { toId: "Alice@example.com" }))).toBe("other_account");
  });

  it("a request whose signature has a flipped bit, which is kept with its reason", async () => {
    const who = await alice();
    const request = flippedSignature(await signedRequest(who.bank));
    expect(await refusalOf(who, request)).toBe("signature");
    expect(await refusedResults(who.ports, [ACCOUNT])).toMatchObject([{ kind: "refused", reason: "signature" }]);
    expect((await who.inbox.list(ACCOUNT))[0]?.request).toEqual(request);
  });

  it("a request whose payload has a flipped bit", async () => {
    const who = await alice();
    expect(await refusalOf(who, flippedPayload(await signedRequest(who.bank)))).toBe("signature");
  });

  it("a request that says the kid of another key", async () => {
    const who = await alice();
    const other = await newKey();
    const request = await signedRequest(who.bank);
    const [signature] = request.signatures;
    if (signature === undefined) throw new Error("There is no signature.");
    const forged = { ...request, signatures: [{ ...signature, header: { kid: other.kid } }] };
    expect(await refusalOf(who, forged)).toBe("signature");
  });

  it("an answer in a request's place", async () => {
    const who = await alice();
    expect(await refusalOf(who, foreignRequest(STRANGER, DATED, "confirm-tbs-response+jws"))).toBe("signature");
  });

  it("our members without typ", async () => {
    const who = await alice();
    expect(await refusalOf(who, foreignRequest(STRANGER, DATED, null))).toBe("signature");
  });

  it.each([
    ["no text", { FromID: "a@b.c", ToID: "alice@example.com" }],
    ["a FromID that is no account", { ...DATED, FromID: "Your Bank" }],
    ["a FromID with a right-to-left override", { ...DATED, FromID: "bank\u202E@ethel.example" }],
    ["a FromID in look-alike letters", { ...DATED, FromID: "payments@еthel.example" }],
    ["a FromID with a line feed", { ...DATED, FromID: "bank@ethel.example\npinned" }],
    ["a ToID that is no account", { ...DATED, ToID: "alice" }],
    ["a date that does not exist", { ...DATED, Created: "2030-02-31T00:00:00Z" }],
    ["a date in another zone", { ...DATED, Expire: "2030-03-01T13:00:00+01:00" }],
  ])("%s", async (_, body) => {
    const who = await alice();
    expect(await refusalOf(who, foreignRequest(STRANGER, body))).toBe("malformed");
  });

  it.each([
    ["a script", "<srml><h1>Pay</h1><script>alert(1)</script></srml>"],
    ["an attribute", '<srml><h1 style="display:none">Pay</h1></srml>'],
    ["a comment", "<srml><h1>Pay 1<!-- 000 --> EUR</h1></srml>"],
    ["a document type", '<!DOCTYPE srml [<!ENTITY a "b">]><srml><h1>Pay &a;</h1></srml>'],
    ["a numbered entity", "<srml><h1>Pay &#x202E;</h1></srml>"],
    ["a bidi override", "<srml><h1>Pay \u202E00.1 EUR</h1></srml>"],
    ["an invisible character", "<srml><h1>Pay 1\u200B000 EUR</h1></srml>"],
    ["a prefix", '<s:srml xmlns:s="http://hallambaker.com/Schemas/srml.xsd"><s:h1>Pay</s:h1></s:srml>'],
    ["no heading", "<srml><p>Pay</p></srml>"],
    ["two buttons of one label", "<srml><h1>Pay</h1><button>Yes</button><button>Yes</button></srml>"],
    ["plain text", "Pay 1,000 EUR"],
  ])("text with %s", async (_, Text) => {
    const who = await alice();
    expect(await refusalOf(who, foreignRequest(STRANGER, { ...DATED, Text }))).toBe("text");
  });

  it.each([["an endorsement", { Endorse: foreignRequest(STRANGER) }]])(
    "a demand that is not met here: %s",
    async (_, demand) => {
      const who = await alice();
      expect(await refusalOf(who, foreignRequest(STRANGER, { ...DATED, ...demand }))).toBe("unsupported");
    },
  );
});

describe("dates", () => {
  it.each([
    ["made more than two minutes in the future", { Created: date(SOME_TIME + 2 * MINUTE + SECOND) }],
    ["that lives longer than 7 days", { Expire: date(SOME_TIME + 7 * DAY + SECOND) }],
    [
      "made in the future without an Expire",
      { Created: date(SOME_TIME + HOUR), Expire: undefined, EnquirerID: undefined },
    ],
    ["without Created that expires after more than 7 days", { Created: undefined, Expire: date(SOME_TIME + 8 * DAY) }],
  ])("refuse a request %s", async (_, change) => {
    const who = await alice();
    expect(await refusalOf(who, foreignRequest(STRANGER, { ...DATED, ...change }))).toBe("dates");
  });

  it("refuse a request that expires before it was made", async () => {
    const who = await alice();
    const change = { Created: date(SOME_TIME + MINUTE), Expire: date(SOME_TIME) };
    expect(await refusalOf(who, foreignRequest(STRANGER, { ...DATED, ...change }))).toBe("signature");
  });

  it("end a request that is over when it comes, and it is not shown", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank, { created: SOME_TIME - 5 * MINUTE });
    const entry = await taken(who, request);
    expect(entry).toMatchObject({ state: "expired", ended: SOME_TIME });
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  });

  it("from before 1970 end one request, and do not stop the inbox", async () => {
    const who = await alice();
    const change = { Created: "0001-01-01T00:00:00Z", Expire: "0001-01-02T00:00:00Z" };
    expect(await who.take(foreignRequest(STRANGER, { ...DATED, ...change }))).toMatchObject({ state: "expired" });
    const later = await taken(who, await signedRequest(who.bank));
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([later]);
  });

  it("that are not signed give a request 24 hours from when it came", async () => {
    const who = await alice();
    const entry = await taken(who, foreignRequest(STRANGER, PLAIN_REQUEST, null));
    expect(entry).toMatchObject({ state: "verified", expires: SOME_TIME + DAY });
    who.clock.pass(DAY - 1);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toHaveLength(1);
    who.clock.pass(1);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  });

  it("without a signed EnquirerID give a request 24 hours at most", async () => {
    const who = await alice();
    const { EnquirerID: _, ...anonymous } = DATED;
    const long = await taken(who, foreignRequest(STRANGER, { ...anonymous, Expire: date(SOME_TIME + 6 * DAY) }));
    expect(long.expires).toBe(SOME_TIME + DAY);
    const short = await taken(who, foreignRequest(STRANGER, { ...anonymous, Expire: date(SOME_TIME + HOUR) }));
    expect(short.expires).toBe(SOME_TIME + HOUR);
  });

  it("without an Expire count from when the sender signed, so an old request is not new on a new device", async () => {
    const who = await alice();
    const { Expire: _, ...endless } = DATED;
    const old = await taken(who, foreignRequest(STRANGER, { ...endless, Created: date(SOME_TIME - 30 * DAY) }));
    expect(old.state).toBe("expired");
    const recent = await taken(who, foreignRequest(STRANGER, { ...endless, Created: date(SOME_TIME - HOUR) }));
    expect(recent).toMatchObject({ state: "verified", expires: SOME_TIME + 23 * HOUR });
  });
});

describe("a crash", () => {
  it("between storing and verifying loses nothing: the request is verified at the next start", async () => {
    const who = await alice();
    const request = await signedRequest({ ...who.bank }, { fromId: "bank@example.com" });
    who.broker.meanwhile = () => {
      // The process ends here: nothing that it still does reaches the disk.
      who.inbox.disk = "full";
      return Promise.resolve();
    };
    await expect(who.take(request)).rejects.toThrow("full");
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([{ state: "received" }]);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);

    who.inbox.disk = "works";
    who.broker.meanwhile = () => Promise.resolve();
    who.clock.pass(MINUTE);
    await resumeReceived(who.ports, ACCOUNT);
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([{ state: "verified", received: SOME_TIME }]);
  });

  it("leaves a request that does not verify refused, not shown", async () => {
    const who = await alice();
    const entry = envelope(flippedSignature(await signedRequest(who.bank)));
    await who.inbox.insert({
      ...ACCOUNT,
      digest: await requestDigest(inClear(entry.Request)),
      brokerId: entry.BrokerID ?? "",
      request: entry.Request,
      postedBy: undefined,
      sequence: undefined,
      state: "received",
      received: SOME_TIME,
      expires: SOME_TIME + DAY,
      endorses: false,
      vouched: false,
      tell: false,
      presented: undefined,
      answer: undefined,
      refusal: undefined,
      ended: undefined,
      endedAs: undefined,
    });
    await resumeReceived(who.ports, ACCOUNT);
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([{ state: "refused", refusal: { reason: "signature" } }]);
  });

  it("is made good by the next poll as well, which may come before a restart", async () => {
    const who = await alice();
    const entry = envelope(await signedRequest(who.bank, { fromId: "bank@example.com" }));
    who.broker.entries.push(entry);
    who.broker.meanwhile = () => {
      who.inbox.disk = who.inbox.shelf.size > 0 ? "full" : "works";
      return Promise.resolve();
    };
    await expect(poll(who.ports, ACCOUNT)).rejects.toThrow("full");
    who.inbox.disk = "works";
    who.broker.meanwhile = () => Promise.resolve();
    expect(await poll(who.ports, ACCOUNT)).toBe(1);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toHaveLength(1);
  });
});

describe("the same request by two ways at once", () => {
  it("is one entry, verified once", async () => {
    const who = await alice();
    const entry = envelope(await signedRequest(who.bank));
    const both = await Promise.all([receive(who.ports, ACCOUNT, entry), receive(who.ports, ACCOUNT, entry)]);
    expect(both.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await who.inbox.list(ACCOUNT)).toHaveLength(1);
  });

  it("says what is stored, where it was settled by another context in the meantime", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank, { fromId: "bank@example.com" });
    const entry = envelope(request);
    let first = true;
    who.broker.meanwhile = async () => {
      if (!first) return;
      first = false;
      const [stored] = await who.inbox.list(ACCOUNT);
      if (stored !== undefined) await who.inbox.replace(["received"], { ...stored, state: "withdrawn" });
    };
    expect(await receive(who.ports, ACCOUNT, entry)).toMatchObject({ state: "withdrawn" });
  });
});
