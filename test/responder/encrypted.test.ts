/** Encrypted requests: opened from ciphertext each time, held against who posted them, answered to the key signed inside. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  decryptJws,
  encryptJws,
  type EncryptionKey,
  importEncryptionKey,
  openResponse,
  requestDigest,
  TYP,
} from "../../src/crypto/index.ts";
import { isJwe, type JsonValue, Jwe } from "../../src/protocol/index.ts";
import {
  decide,
  deliverDue,
  type InboxEntry,
  pendingEntries,
  poll,
  present,
  receive,
  refusedResults,
  viewRequest,
  viewResult,
} from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, envelope, refOf, yes } from "../support/alice.ts";
import { type Secret, secretRequest } from "../support/encrypting.ts";
import { MINUTE, SECOND } from "../support/fake-clock.ts";
import { foreignEncrypt } from "../support/foreign-jwe.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { inClear, newKey, signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const TEXT = "Pay 1,200.00 EUR";

const publicKeyOf = ({ jwk }: EncryptionKey): KeyObject => createPublicKey({ key: { ...jwk }, format: "jwk" });

const stranger = (): Promise<EncryptionKey> => importEncryptionKey(foreignKey().jwk);

async function asked(who: Alice, more: Parameters<typeof secretRequest>[2] = {}): Promise<Secret> {
  return secretRequest(who.bank, [who.encryption], { text: { heading: TEXT }, ...more });
}

/** Takes it as posted by this key, the bank's if none is named. */
async function taken(who: Alice, request: Jwe, postedBy: string | null = who.bank.kid): Promise<InboxEntry> {
  const entry = await who.take(request, postedBy === null ? {} : { PostedBy: postedBy });
  if (entry === undefined) throw new Error("It was not taken.");
  return entry;
}

async function refusal(who: Alice, request: Jwe, postedBy?: string | null): Promise<string | undefined> {
  const entry = await taken(who, request, postedBy);
  expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
  expect(await refusedResults(who.ports, [ACCOUNT])).toMatchObject([{ kind: "refused", heading: "" }]);
  return entry.refusal?.reason;
}

describe("an encrypted request", () => {
  it("is shown as any other, and says for how many devices it is encrypted", async () => {
    const who = await alice();
    const { jwe } = await asked(who);
    const entry = await taken(who, jwe);
    expect(await viewRequest(who.ports, entry)).toMatchObject({ srml: { heading: TEXT }, encryptedFor: 1 });
    const both = await secretRequest(who.bank, [await stranger(), who.encryption]);
    expect(await viewRequest(who.ports, await taken(who, both.jwe))).toMatchObject({ encryptedFor: 2 });
    const clear = await who.take(await signedRequest(who.bank));
    expect(clear === undefined ? undefined : await viewRequest(who.ports, clear)).toMatchObject({ encryptedFor: 0 });
  });

  it("is named by the digest of what was signed, and stored as ciphertext with who posted it", async () => {
    const who = await alice();
    const { inner, jwe } = await asked(who);
    const entry = await taken(who, jwe);
    expect(entry).toMatchObject({ digest: await requestDigest(inner), request: jwe, postedBy: who.bank.kid });
    const [stored = ""] = who.inbox.shelf.values();
    for (const readable of [TEXT, inner.payload.slice(0, 40), "ethel.example"]) expect(stored).not.toContain(readable);
  });

  it("keeps neither its text nor the option that was accepted readable after the answer, and shows both", async () => {
    const who = await alice();
    const buttons = [{ value: "15m", label: "For 15 minutes" }, { label: "For ever" }];
    const { jwe } = await asked(who, { text: { heading: TEXT, buttons } });
    const ref = refOf(await taken(who, jwe));
    await present(who.ports, ref);
    who.clock.pass(SECOND);
    expect(await decide(who.ports, { ...yes(ref), choice: "For ever" }, RULES)).toEqual({ ok: true });
    const [stored = ""] = who.inbox.shelf.values();
    for (const readable of [TEXT, "For ever", "15m"]) expect(stored).not.toContain(readable);
    expect(await viewResult(who.ports, ref)).toMatchObject({ kind: "answered", heading: TEXT, label: "For ever" });
  });

  it("counts among the requests of its sender that were accepted before", async () => {
    const who = await alice();
    for (const before of [0, 1]) {
      const { jwe } = await asked(who);
      const entry = await taken(who, jwe);
      expect(await viewRequest(who.ports, entry)).toMatchObject({ sender: { acceptedBefore: before } });
      await present(who.ports, refOf(entry));
      who.clock.pass(SECOND);
      await decide(who.ports, yes(refOf(entry)), RULES);
    }
  });
});

describe("its answer", () => {
  async function answered(who: Alice): Promise<{ readonly secret: Secret; readonly answer: Jwe }> {
    const secret = await asked(who);
    const ref = refOf(await taken(who, secret.jwe));
    await present(who.ports, ref);
    who.clock.pass(SECOND);
    expect(await decide(who.ports, yes(ref), RULES)).toEqual({ ok: true });
    const { answer } = await who.stored(ref);
    if (answer === undefined || !isJwe(answer.jws)) throw new Error("There is no encrypted answer.");
    return { secret, answer: answer.jws };
  }

  it("is signed over the request in clear, and encrypted for the key that is signed in it and no other", async () => {
    const who = await alice();
    const { secret, answer } = await answered(who);
    expect(answer.recipients.map(({ header }) => header.kid)).toEqual([secret.reply.key.kid]);
    const response = await openResponse(await decryptJws(answer, TYP.response, secret.reply.key));
    expect(response).toMatchObject({ value: true, signedRequest: secret.inner, signer: { kid: who.device.kid } });
  });

  it("is delivered as it is stored, also again after a failure", async () => {
    const who = await alice();
    who.broker.replies.push(503);
    const { answer } = await answered(who);
    await deliverDue(who.ports, ACCOUNT, () => 0);
    await deliverDue(who.ports, ACCOUNT, () => 0);
    expect(who.broker.offered.map((one) => one.answer)).toEqual([answer, answer]);
  });

  it("to a request in clear stays in clear", async () => {
    const who = await alice();
    const decision = await who.show();
    await decide(who.ports, decision, RULES);
    const { answer } = await who.stored(decision);
    expect((await openResponse(inClear(answer?.jws))).value).toBe(true);
  });
});

describe("is refused with the reason encryption", () => {
  it("what is encrypted for another device", async () => {
    const who = await alice();
    const { jwe } = await secretRequest(who.bank, [await stranger()]);
    expect(await refusal(who, jwe)).toBe("encryption");
  });

  it("what somebody else posted than the one who signed, or nobody is said to have posted", async () => {
    const who = await alice();
    expect(await refusal(who, (await asked(who)).jwe, (await newKey()).kid)).toBe("encryption");
    const other = await alice();
    expect(await refusal(other, (await asked(other)).jwe, null)).toBe("encryption");
  });

  it("what somebody took out of its envelope and encrypted anew", async () => {
    const who = await alice();
    const mallory = await newKey();
    const { inner } = await asked(who);
    expect(await refusal(who, await encryptJws(inner, TYP.request, [who.encryption]), mallory.kid)).toBe("encryption");
  });

  it("what has no ReplyKey", async () => {
    const who = await alice();
    const jwe = await encryptJws(await signedRequest(who.bank), TYP.request, [who.encryption]);
    expect(await refusal(who, jwe)).toBe("encryption");
  });

  it.each<[string, (secret: Secret) => string]>([
    ["another envelope", ({ jwe }) => JSON.stringify(jwe)],
    ["no signed object", () => '{"TBSRequest":{"Text":"<srml><h1>Pay</h1></srml>"}}'],
    ["a signature that does not hold", ({ inner }) => JSON.stringify({ ...inner, payload: `${inner.payload}AA` })],
  ])("what has %s in it", async (_, plaintext) => {
    const who = await alice();
    const key = { kid: who.encryption.kid, publicKey: publicKeyOf(who.encryption) };
    const jwe = foreignEncrypt(plaintext(await asked(who)), TYP.request, [key]);
    expect(await refusal(who, Jwe.read(jwe as unknown as JsonValue, "it"))).toBe("encryption");
  });

  it("an answer in the envelope of a request", async () => {
    const who = await alice();
    const { inner } = await asked(who);
    expect(await refusal(who, await encryptJws(inner, TYP.response, [who.encryption]))).toBe("encryption");
  });

  it("a request with ReplyKey that comes in clear: its envelope was taken away", async () => {
    const who = await alice();
    const { inner } = await asked(who);
    const entry = await who.take(inner, { PostedBy: who.bank.kid });
    expect(entry).toMatchObject({ state: "refused", refusal: { reason: "encryption" } });
  });
});

describe("a request that was signed for somebody else", () => {
  it("is refused also where its signer encrypted and posted it for this account", async () => {
    const who = await alice();
    const { jwe } = await asked(who, { toId: "bob@example.com" });
    expect((await taken(who, jwe)).refusal?.reason).toBe("other_account");
  });
});

describe("the same request under another envelope", () => {
  it("is not taken while it waits, nor after it was answered", async () => {
    const who = await alice();
    const { inner, jwe } = await asked(who);
    const ref = refOf(await taken(who, jwe));
    const again = await encryptJws(inner, TYP.request, [who.encryption, await stranger()]);
    expect(await who.take(again, { PostedBy: who.bank.kid })).toBeUndefined();
    await present(who.ports, ref);
    who.clock.pass(SECOND);
    await decide(who.ports, yes(ref), RULES);
    expect(await who.take(again, { PostedBy: who.bank.kid })).toBeUndefined();
    expect(await who.inbox.list(ACCOUNT)).toHaveLength(1);
  });

  it("is not taken after it expired", async () => {
    const who = await alice();
    const { inner, jwe } = await asked(who);
    await taken(who, jwe);
    who.clock.pass(6 * MINUTE);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toEqual([]);
    const again = await encryptJws(inner, TYP.request, [who.encryption]);
    expect(await who.take(again, { PostedBy: who.bank.kid })).toBeUndefined();
  });

  it("of a stranger does not spoil it: what is refused for its envelope is named by the envelope", async () => {
    const who = await alice();
    const { inner, jwe } = await asked(who);
    const spoiled = await encryptJws(inner, TYP.request, [who.encryption]);
    expect((await taken(who, spoiled, (await newKey()).kid)).state).toBe("refused");
    expect((await taken(who, jwe)).state).toBe("verified");
  });

  it("is not shown twice where it is listed again at the next poll", async () => {
    const who = await alice();
    const { jwe } = await asked(who);
    who.broker.entries.push(envelope(jwe, { PostedBy: who.bank.kid }));
    expect([await poll(who.ports, ACCOUNT), await poll(who.ports, ACCOUNT)]).toEqual([1, 0]);
  });
});

describe("what is stored is opened again", () => {
  it("so another envelope in its place is refused, and never signed", async () => {
    const who = await alice();
    const entry = await taken(who, (await asked(who)).jwe);
    await present(who.ports, refOf(entry));
    who.clock.pass(SECOND);
    const swapped = await secretRequest(who.bank, [who.encryption], { text: { heading: "Pay all" } });
    const presented = await who.stored(entry);
    await who.inbox.replace(["presented"], { ...presented, request: swapped.jwe });
    expect(await decide(who.ports, yes(refOf(entry)), RULES)).toEqual({ ok: false, refusal: "not_presented" });
    expect(await viewRequest(who.ports, await who.stored(entry))).toBeUndefined();
    expect((await who.stored(entry)).state).toBe("refused");
  });

  it("and without its key nothing is lost: it is taken as soon as the key is there", async () => {
    const who = await alice();
    const { jwe } = await asked(who);
    const keys = { ...who.ports.keys, decryptionKey: () => Promise.reject(new Error("There is no such account.")) };
    const entry = envelope(jwe, { PostedBy: who.bank.kid });
    await expect(receive({ ...who.ports, keys }, ACCOUNT, entry)).rejects.toThrow("no such account");
    expect((await receive(who.ports, ACCOUNT, entry))?.state).toBe("verified");
  });
});
