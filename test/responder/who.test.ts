/** Who is asking: derived from the key that signed. A pin outranks the broker's word, and a changed key is an alarm. */
import { describe, expect, it } from "vitest";
import type { SigningKey } from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { decide, deliverDue, viewRequest } from "../../src/responder/index.ts";
import type { SenderView } from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice } from "../support/alice.ts";
import { BANK, flippedSignature, newKey, profileOf, signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const COLLEAGUE = "bob@example.com";

async function senderOf(who: Alice, request: Jws): Promise<SenderView> {
  const entry = await who.take(request);
  const view = entry === undefined ? undefined : await viewRequest(who.ports, entry);
  if (view === undefined) throw new Error("There is nothing to view.");
  return view.sender;
}

/** Makes the broker vouch for a device of an account. */
async function vouch(who: Alice, account: string, key: SigningKey, claimed = account): Promise<void> {
  who.broker.profiles.set(account, [await profileOf(key, claimed)]);
}

describe("a sender's trust", () => {
  it("is unverified where nothing is known, and the name is only what it claims", async () => {
    const who = await alice();
    expect(await senderOf(who, await signedRequest(who.bank))).toEqual({
      trust: "unverified",
      check: "offered",
      fromId: BANK,
      domain: { ascii: "ethel.example", unicode: undefined, mixesScripts: false, resembles: undefined },
      kid: who.bank.kid,
      acceptedBefore: 0,
      muted: false,
    });
  });

  it("is pinned where the user pinned this name with this key", async () => {
    const who = await alice();
    who.pins.set(BANK, [(await newKey()).kid, who.bank.kid]);
    expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ trust: "pinned" });
  });

  it("is changed where the user pinned this name with another key", async () => {
    const who = await alice();
    who.pins.set(BANK, [(await newKey()).kid]);
    expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ trust: "changed" });
  });

  it("is not pinned under another name with a pinned key", async () => {
    const who = await alice();
    who.pins.set(BANK, [who.bank.kid]);
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: "gov@state.example" }))).toMatchObject({
      trust: "unverified",
    });
  });

  it("is pinned when only the case of the name's domain differs", async () => {
    const who = await alice();
    who.pins.set(BANK, [who.bank.kid]);
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: "payments@Ethel.EXAMPLE" }))).toMatchObject({
      trust: "pinned",
      fromId: BANK,
    });
  });

  it("follows the pins as they are now, not as they were when the request came", async () => {
    const who = await alice();
    const entry = await who.take(await signedRequest(who.bank));
    if (entry === undefined) throw new Error("It was not taken.");
    who.pins.set(BANK, [who.bank.kid]);
    expect((await viewRequest(who.ports, entry))?.sender.trust).toBe("pinned");
    who.pins.set(BANK, [(await newKey()).kid]);
    expect((await viewRequest(who.ports, entry))?.sender.trust).toBe("changed");
  });
});

describe("a sender's domain", () => {
  const domainOf = async (who: Alice, fromId: string) =>
    (await senderOf(who, await signedRequest(who.bank, { fromId }))).domain;

  it("is said to resemble the domain of a pinned sender, and that of the user's own account", async () => {
    const who = await alice();
    who.pins.set(BANK, [(await newKey()).kid]);
    expect(await domainOf(who, "payments@ethe1.example")).toMatchObject({ resembles: "ethel.example" });
    expect(await domainOf(who, "bob@exarnple.com")).toMatchObject({ resembles: "example.com" });
    expect(await domainOf(who, "bob@example.com")).toMatchObject({ resembles: undefined });
  });

  it("is read in its own letters, and mixed scripts are said", async () => {
    const who = await alice();
    expect(await domainOf(who, "bob@xn--bcher-kva.example")).toMatchObject({ unicode: "bücher.example" });
    expect(await domainOf(who, "bob@xn--pypal-4ve.example")).toMatchObject({ mixesScripts: true });
  });
});

describe("the domain's word", () => {
  const bankAt = (who: Alice) => `ethel.example ${who.bank.kid}`;

  it("makes a sender whose key its domain publishes one of the domain, and outranks the broker's", async () => {
    const who = await alice();
    who.domains.set(bankAt(who), "published");
    expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ trust: "domain", check: "none" });
    await vouch(who, COLLEAGUE, who.bank);
    who.domains.set(`example.com ${who.bank.kid}`, "published");
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({
      trust: "domain",
    });
  });

  it("does not outrank a pin", async () => {
    const who = await alice();
    who.domains.set(bankAt(who), "published");
    who.pins.set(BANK, [(await newKey()).kid]);
    expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ trust: "changed", check: "none" });
  });

  it.each(["absent", "running", "due", "unreachable", "malformed", "none"] as const)(
    "leaves a sender unverified where it is %s",
    async (check) => {
      const who = await alice();
      who.domains.set(bankAt(who), check);
      expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ trust: "unverified", check });
    },
  );
});

describe("the broker's word", () => {
  it("makes a sender of the account's own domain local", async () => {
    const who = await alice();
    await vouch(who, COLLEAGUE, who.bank);
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({ trust: "local" });
  });

  it("does not count for another key of that account", async () => {
    const who = await alice();
    await vouch(who, COLLEAGUE, await newKey());
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({
      trust: "unverified",
    });
  });

  it("is not asked about another domain, and would not count", async () => {
    const who = await alice();
    await vouch(who, BANK, who.bank);
    expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ trust: "unverified" });
    expect(who.broker.profileCalls).toBe(0);
  });

  it("is not asked about a subdomain or a longer name of the account's domain", async () => {
    const who = await alice();
    for (const fromId of ["bob@sub.example.com", "bob@example.com.evil.example", "bob@notexample.com"]) {
      await vouch(who, fromId, who.bank);
      expect(await senderOf(who, await signedRequest(who.bank, { fromId }))).toMatchObject({ trust: "unverified" });
    }
    expect(who.broker.profileCalls).toBe(0);
  });

  it("does not count with a profile that its device signed for another account", async () => {
    const who = await alice();
    await vouch(who, COLLEAGUE, who.bank, "carol@example.com");
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({
      trust: "unverified",
    });
  });

  it("does not count with a profile whose signature does not hold", async () => {
    const who = await alice();
    who.broker.profiles.set(COLLEAGUE, [flippedSignature(await profileOf(who.bank, COLLEAGUE))]);
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({
      trust: "unverified",
    });
  });

  it("vouches for nobody where the broker cannot be asked, and the request is shown as unverified", async () => {
    const who = await alice();
    await vouch(who, COLLEAGUE, who.bank);
    who.broker.reachable = false;
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({
      trust: "unverified",
    });
  });

  it("does not outrank a pin: a vouched key is changed where the user pinned another", async () => {
    const who = await alice();
    await vouch(who, COLLEAGUE, who.bank);
    who.pins.set(COLLEAGUE, [(await newKey()).kid]);
    expect(await senderOf(who, await signedRequest(who.bank, { fromId: COLLEAGUE }))).toMatchObject({
      trust: "changed",
    });
  });
});

describe("a yes", () => {
  it("to a sender whose key changed is never signed, ticked or not", async () => {
    const who = await alice();
    const decision = await who.show();
    who.pins.set(BANK, [(await newKey()).kid]);
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: false, refusal: "sender" });
    expect(await decide(who.ports, { ...decision, expected: false }, RULES)).toEqual({ ok: false, refusal: "sender" });
    expect((await who.stored(decision)).answer).toBeUndefined();
  });

  it("to an unverified sender needs the tick", async () => {
    const who = await alice();
    const decision = await who.show();
    expect(await decide(who.ports, { ...decision, expected: false }, RULES)).toEqual({ ok: false, refusal: "sender" });
    expect((await who.stored(decision)).state).toBe("presented");
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
  });

  it("to a pinned sender needs no tick", async () => {
    const who = await alice();
    who.pins.set(BANK, [who.bank.kid]);
    const decision = await who.show();
    expect(await decide(who.ports, { ...decision, expected: false }, RULES)).toEqual({ ok: true });
  });

  it("to a local sender needs no tick", async () => {
    const who = await alice();
    await vouch(who, COLLEAGUE, who.bank);
    const decision = await who.show(await signedRequest(who.bank, { fromId: COLLEAGUE }));
    expect(await decide(who.ports, { ...decision, expected: false }, RULES)).toEqual({ ok: true });
  });

  it("to a sender of the domain needs no tick", async () => {
    const who = await alice();
    who.domains.set(`ethel.example ${who.bank.kid}`, "published");
    expect(await decide(who.ports, { ...(await who.show()), expected: false }, RULES)).toEqual({ ok: true });
  });

  it.each(["running", "due"] as const)("waits, ticked or not, while the domain's word is %s", async (check) => {
    const who = await alice();
    const decision = await who.show();
    who.domains.set(`ethel.example ${who.bank.kid}`, check);
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: false, refusal: "sender" });
    who.domains.set(`ethel.example ${who.bank.kid}`, "absent");
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
  });

  it("needs the tick again when the pin was removed between show and click", async () => {
    const who = await alice();
    who.pins.set(BANK, [who.bank.kid]);
    const decision = await who.show();
    who.pins.delete(BANK);
    expect(await decide(who.ports, { ...decision, expected: false }, RULES)).toEqual({ ok: false, refusal: "sender" });
  });
});

describe("a no", () => {
  it("may be given to anybody without a tick, also to a sender whose key changed", async () => {
    const who = await alice();
    const decision = { ...(await who.show()), value: false, expected: false, reason: "unknown" as const };
    who.pins.set(BANK, [(await newKey()).kid]);
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
  });
});

describe("how often the user said yes before", () => {
  it("counts yes answers to this key, whatever name it used, and no others", async () => {
    const who = await alice();
    await decide(who.ports, await who.show(), RULES);
    await decide(who.ports, await who.show(await signedRequest(who.bank, { fromId: "other@ethel.example" })), RULES);
    await decide(who.ports, { ...(await who.show()), value: false }, RULES);
    await decide(who.ports, await who.show(await signedRequest(await newKey())), RULES);
    await deliverDue(who.ports, ACCOUNT, () => 1000);
    expect(await senderOf(who, await signedRequest(who.bank))).toMatchObject({ acceptedBefore: 2 });
  });
});
