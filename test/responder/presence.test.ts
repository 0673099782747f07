/** A yes that needs the user's fingerprint or PIN: what is asked for, what is signed then, and that nothing is before. */
import { describe, expect, it } from "vitest";
import { openResponse } from "../../src/crypto/index.ts";
import { isJwe } from "../../src/protocol/index.ts";
import {
  decide,
  type Decision,
  type PresencePrompt,
  type PresenceProof,
  viewRequest,
} from "../../src/responder/index.ts";
import { presenceChallenge, verifyPresence } from "../../src/receipt/index.ts";
import { type Alice, alice } from "../support/alice.ts";
import { type Changes, newAuthenticator } from "../support/authenticator.ts";
import { MINUTE, SECOND } from "../support/fake-clock.ts";
import { signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };
const FINGER = await newAuthenticator();

/** Alice with an authenticator. */
async function aliceWith(always = false): Promise<Alice> {
  const who = await alice();
  const setting = { key: FINGER.key, always };
  return { ...who, ports: { ...who.ports, presence: () => Promise.resolve(setting) } };
}

const demanding = (who: Alice) => signedRequest(who.bank, { presence: true });

async function promptFor(who: Alice, decision: Decision): Promise<PresencePrompt> {
  const outcome = await decide(who.ports, decision, RULES);
  if (!("prompt" in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.prompt;
}

function proofOf({ challenge, created }: PresencePrompt, changes?: Changes, by = FINGER): PresenceProof {
  return { created, assertion: by.assert(challenge, changes) };
}

describe("a yes to a request that demands presence", () => {
  it("is answered by a prompt, and nothing is signed or stored", async () => {
    const who = await aliceWith();
    const decision = await who.show(await demanding(who));
    const before = await who.stored(decision);
    expect(await promptFor(who, decision)).toMatchObject({ credentialId: FINGER.body.CredentialID });
    expect(await who.stored(decision)).toEqual(before);
  });

  it("is signed with the proof beside it, over exactly the payload that was prompted, also by a process that starts between", async () => {
    const who = await aliceWith();
    const decision = await who.show(await demanding(who));
    const prompt = await promptFor(who, decision);
    who.clock.pass(20 * SECOND);
    const other: Alice = { ...who, ports: { ...who.ports } };
    expect(await decide(other.ports, { ...decision, presence: proofOf(prompt) }, RULES)).toEqual({ ok: true });
    const { answer } = await who.stored(decision);
    if (answer === undefined || isJwe(answer.jws)) throw new Error("There is no answer in clear.");
    expect((await openResponse(answer.jws)).created).toBe(prompt.created);
    const payload = new Uint8Array(Buffer.from(answer.jws.payload, "base64url"));
    expect(await presenceChallenge(payload)).toBe(prompt.challenge);
    const { presence } = answer.jws.signatures[0]?.header ?? {};
    if (presence === undefined) throw new Error("There is no proof.");
    await verifyPresence(presence, payload, FINGER.key);
  });

  it.each<[string, Changes]>([
    ["without user verification", { flags: 0b001 }],
    ["for another place", { client: { origin: "https://ethel.example" } }],
    ["over something else", { client: { challenge: "A".repeat(43) } }],
  ])("does not count with a proof %s", async (_, changes) => {
    const who = await aliceWith();
    const decision = await who.show(await demanding(who));
    const presence = proofOf(await promptFor(who, decision), changes);
    expect(await decide(who.ports, { ...decision, presence }, RULES)).toEqual({ ok: false, refusal: "presence" });
    const stored = await who.stored(decision);
    expect(stored.state).toBe("presented");
    expect(stored.answer).toBeUndefined();
  });

  it("does not count with another authenticator's proof, nor with the one of another request", async () => {
    const who = await aliceWith();
    const one = await who.show(await demanding(who));
    const other = await who.show(await demanding(who));
    const prompt = await promptFor(who, one);
    const stranger = proofOf(prompt, { credentialId: FINGER.body.CredentialID }, await newAuthenticator());
    for (const [decision, presence] of [
      [one, stranger],
      [other, proofOf(prompt)],
    ] as const) {
      expect(await decide(who.ports, { ...decision, presence }, RULES)).toEqual({ ok: false, refusal: "presence" });
    }
  });

  it("is prompted for anew where the proof is dated before it was shown, in the future, or is old", async () => {
    const who = await aliceWith();
    const decision = await who.show(
      await signedRequest(who.bank, { presence: true, expire: who.clock.read() + 60 * MINUTE }),
    );
    const prompt = await promptFor(who, decision);
    for (const created of [prompt.created - MINUTE, prompt.created + MINUTE]) {
      const presence = { ...proofOf(prompt), created };
      expect(await decide(who.ports, { ...decision, presence }, RULES)).toMatchObject({ refusal: "prompt" });
    }
    who.clock.pass(5 * MINUTE + SECOND);
    expect(await decide(who.ports, { ...decision, presence: proofOf(prompt) }, RULES)).toMatchObject({
      refusal: "prompt",
    });
  });

  it("cannot be given on a device that has no authenticator, and its view says which of the two it is", async () => {
    const able = await alice();
    const unset: Alice = { ...able, ports: { ...able.ports, presence: () => Promise.resolve(undefined) } };
    for (const [who, state] of [
      [unset, "unset"],
      [await alice(), "unable"],
    ] as const) {
      const decision = await who.show(await demanding(who));
      const view = await viewRequest(who.ports, await who.stored(decision));
      expect(view?.presence).toBe(state);
      expect(await decide(who.ports, decision, RULES)).toEqual({ ok: false, refusal: "presence_unable" });
      expect(await decide(who.ports, { ...decision, value: false }, RULES)).toEqual({ ok: true });
    }
  });
});

describe("the user's own wish to be asked", () => {
  it("holds for requests that do not demand it, and not for a no", async () => {
    const who = await aliceWith(true);
    const decision = await who.show();
    expect((await viewRequest(who.ports, await who.stored(decision)))?.presence).toBe("ask");
    await promptFor(who, decision);
    expect(await decide(who.ports, { ...decision, value: false }, RULES)).toEqual({ ok: true });
  });

  it("where there is none, a press is enough", async () => {
    const who = await aliceWith();
    const decision = await who.show();
    expect((await viewRequest(who.ports, await who.stored(decision)))?.presence).toBeUndefined();
    expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
  });
});
