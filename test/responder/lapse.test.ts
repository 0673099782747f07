/** How a request ends without an answer: its time is over, or its broker confirms, asked again, that it is gone. */
import { describe, expect, it } from "vitest";
import { decide, expireDue, poll, withdrawIfConfirmed } from "../../src/responder/index.ts";
import type { InboxState } from "../../src/responder/index.ts";
import { ACCOUNT, alice, envelope } from "../support/alice.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { signedRequest } from "../support/signing.ts";

const RULES = { armingMs: 600 };

describe("a withdrawal", () => {
  it("counts when the broker says, asked, that the request is not pending any more", async () => {
    const who = await alice();
    const decision = await who.show();
    who.broker.statuses.set(decision.id, "BCANCEL");
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect(await who.stored(decision)).toMatchObject({
      state: "withdrawn",
      endedAs: "BCANCEL",
      ended: SOME_TIME + SECOND,
    });
  });

  it("does not count while the broker still lists the request, whatever a frame said", async () => {
    const who = await alice();
    const entry = envelope(await signedRequest(who.bank));
    who.broker.entries.push(entry);
    await poll(who.ports, ACCOUNT);
    await withdrawIfConfirmed(who.ports, ACCOUNT, entry.BrokerID ?? "");
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([{ state: "verified" }]);
  });

  it("does not count where the broker cannot be asked", async () => {
    const who = await alice();
    const decision = await who.show();
    who.broker.reachable = false;
    await expect(withdrawIfConfirmed(who.ports, ACCOUNT, decision.id)).rejects.toThrow("unreachable");
    expect((await who.stored(decision)).state).toBe("presented");
  });

  it("does not count where the broker contradicts itself and says PENDING", async () => {
    const who = await alice();
    const decision = await who.show();
    who.broker.statuses.set(decision.id, "PENDING");
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect((await who.stored(decision)).state).toBe("presented");
  });

  it("never touches an answered request", async () => {
    const who = await alice();
    const decision = await who.show();
    await decide(who.ports, decision, RULES);
    const before = await who.stored(decision);
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect(await who.stored(decision)).toEqual(before);
  });

  it("does not win over an answer that is given while the broker is being asked", async () => {
    const who = await alice();
    const decision = await who.show();
    who.broker.meanwhile = async () => {
      who.broker.meanwhile = () => Promise.resolve();
      expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
    };
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect((await who.stored(decision)).state).toBe("answered");
  });

  it("of a BrokerID that is not known does nothing", async () => {
    const who = await alice();
    const decision = await who.show();
    await withdrawIfConfirmed(who.ports, ACCOUNT, "ANOTHER");
    expect((await who.stored(decision)).state).toBe("presented");
  });

  it("keeps the digest known, so that the request cannot come back", async () => {
    const who = await alice();
    const request = await signedRequest(who.bank);
    const decision = await who.show(request);
    await withdrawIfConfirmed(who.ports, ACCOUNT, decision.id);
    expect(await who.take(request)).toBeUndefined();
    expect((await who.stored(decision)).state).toBe("withdrawn");
  });
});

describe("expiry", () => {
  it("ends what waits when its time is over, and not a moment before", async () => {
    const who = await alice();
    const decision = await who.show();
    who.clock.pass(5 * MINUTE - SECOND - 1);
    await expireDue(who.ports, ACCOUNT);
    expect((await who.stored(decision)).state).toBe("presented");
    who.clock.pass(1);
    await expireDue(who.ports, ACCOUNT);
    expect(await who.stored(decision)).toMatchObject({ state: "expired", ended: SOME_TIME + 5 * MINUTE });
  });

  const kept: readonly InboxState[] = ["answered", "delivered", "withdrawn", "refused"];
  it.each(kept)("never touches a request that is %s", async (state) => {
    const who = await alice();
    const decision = await who.show();
    await who.inbox.replace(["presented"], { ...(await who.stored(decision)), state });
    who.clock.pass(5 * MINUTE);
    await expireDue(who.ports, ACCOUNT);
    expect((await who.stored(decision)).state).toBe(state);
  });
});
