/** Delivery: a signed answer is offered until the broker has it or says for good that it does not want it. */
import { describe, expect, it } from "vitest";
import { decide, deliverDue } from "../../src/responder/index.ts";
import type { Decision, ResponderPorts } from "../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice } from "../support/alice.ts";
import { MINUTE, SECOND, SOME_TIME } from "../support/fake-clock.ts";
import { memoryInbox } from "../support/inbox-memory.ts";
import { inClear } from "../support/signing.ts";

const RULES = { armingMs: 600 };
/** 1 s, 2 s, 4 s ... */
const doubling = (failures: number): number => SECOND * 2 ** (failures - 1);

async function answered(value = true): Promise<{ readonly who: Alice; readonly decision: Decision }> {
  const who = await alice();
  const decision = { ...(await who.show()), value };
  expect(await decide(who.ports, decision, RULES)).toEqual({ ok: true });
  return { who, decision };
}

describe("an answer", () => {
  it("is delivered at once, and then never again", async () => {
    const { who, decision } = await answered();
    expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBeUndefined();
    const stored = await who.stored(decision);
    expect(stored).toMatchObject({
      state: "delivered",
      answer: { delivery: "accepted", attempts: 1, deliveredAt: SOME_TIME + SECOND },
    });
    expect(who.broker.offered).toMatchObject([{ brokerId: decision.id, answer: stored.answer?.jws, value: true }]);
    who.clock.pass(MINUTE);
    await deliverDue(who.ports, ACCOUNT, doubling);
    expect(who.broker.offered).toHaveLength(1);
  });

  it.each<[number, string]>([
    [201, "accepted"],
    [202, "accepted"],
    [409, "conflict"],
    [410, "late"],
    [404, "unknown_request"],
    [403, "not_allowed"],
    [400, "not_allowed"],
  ])("is settled by a signed %i: %s", async (status, delivery) => {
    const { who, decision } = await answered();
    who.broker.replies.push(status);
    expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBeUndefined();
    expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { delivery } });
  });

  it.each<number | "no word">([299, 401, 303, 307, 413, 429, 500, 503, "no word"])(
    "is offered again after %s",
    async (reply) => {
      const { who, decision } = await answered();
      who.broker.replies.push(reply);
      expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBe(SOME_TIME + 2 * SECOND);
      const stored = await who.stored(decision);
      expect(stored.state).toBe("answered");
      expect(stored.answer?.delivery).toBeUndefined();
      who.clock.pass(SECOND);
      expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBeUndefined();
      expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { attempts: 2 } });
      expect(who.broker.offered).toHaveLength(2);
      expect(who.broker.offered[1]).toEqual(who.broker.offered[0]);
    },
  );

  it("is offered again at the times of the backoff, which are stored", async () => {
    const { who, decision } = await answered();
    who.broker.reachable = false;
    for (const [attempt, wait] of [1, 2, 4, 8].entries()) {
      const due = await deliverDue(who.ports, ACCOUNT, doubling);
      expect(due).toBe(who.clock.read() + wait * SECOND);
      expect((await who.stored(decision)).answer).toMatchObject({ attempts: attempt + 1, nextAttempt: due });
      who.clock.pass(wait * SECOND - 1);
      expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBe(due);
      expect(who.broker.offered).toHaveLength(attempt + 1);
      who.clock.pass(1);
    }
  });

  it("goes on being delivered by the next process, at the stored time and with the stored bytes", async () => {
    const { who, decision } = await answered(false);
    who.broker.replies.push("no word", "no word");
    await deliverDue(who.ports, ACCOUNT, doubling);
    who.clock.pass(SECOND);
    await deliverDue(who.ports, ACCOUNT, doubling);

    const restarted: ResponderPorts = { ...who.ports, storage: memoryInbox(who.inbox.shelf) };
    expect(await deliverDue(restarted, ACCOUNT, doubling)).toBe(who.clock.read() + 2 * SECOND);
    expect(who.broker.offered).toHaveLength(2);
    who.clock.pass(2 * SECOND);
    expect(await deliverDue(restarted, ACCOUNT, doubling)).toBeUndefined();
    expect(who.broker.offered).toHaveLength(3);
    expect(new Set(who.broker.offered.map(({ answer }) => inClear(answer).payload)).size).toBe(1);
    expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { attempts: 3, value: false } });
  });

  it("that was taken by the broker but not noted, because the process died, is offered again and noted", async () => {
    const { who, decision } = await answered();
    who.broker.meanwhile = () => {
      who.inbox.disk = "full";
      return Promise.resolve();
    };
    await expect(deliverDue(who.ports, ACCOUNT, doubling)).rejects.toThrow("full");
    who.inbox.disk = "works";
    who.broker.meanwhile = () => Promise.resolve();
    expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBeUndefined();
    expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { delivery: "accepted" } });
    expect(who.broker.offered[1]).toEqual(who.broker.offered[0]);
  });

  it("that two processes deliver at once stays delivered, when one of them got no word", async () => {
    const { who, decision } = await answered();
    who.broker.replies.push(201, "no word");
    const other: ResponderPorts = { ...who.ports, storage: memoryInbox(who.inbox.shelf) };
    await Promise.all([deliverDue(who.ports, ACCOUNT, doubling), deliverDue(other, ACCOUNT, doubling)]);
    expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { delivery: "accepted" } });
  });

  it("is delivered after its request's time was over: it was given in time, and the broker decides", async () => {
    const { who, decision } = await answered();
    who.clock.pass(10 * MINUTE);
    who.broker.replies.push(410);
    await deliverDue(who.ports, ACCOUNT, doubling);
    expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { delivery: "late" } });
  });

  it("holds up no other one where a full storage cannot note that it was taken", async () => {
    const { who } = await answered();
    await decide(who.ports, { ...(await who.show()), value: false }, RULES);
    who.inbox.disk = "full";
    await expect(deliverDue(who.ports, ACCOUNT, doubling)).rejects.toThrow("full");
    expect(who.broker.offered.map(({ value }) => value)).toEqual([true, false]);
  });

  it("does not hold up another one that waits for its time", async () => {
    const { who, decision } = await answered();
    who.broker.replies.push("no word");
    await deliverDue(who.ports, ACCOUNT, () => MINUTE);
    const second = { ...(await who.show()), value: false };
    await decide(who.ports, second, RULES);
    expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBe(SOME_TIME + MINUTE + SECOND);
    expect((await who.stored(second)).state).toBe("delivered");
    expect((await who.stored(decision)).state).toBe("answered");
  });
});

describe("what was not answered", () => {
  it("is not delivered, however it stands", async () => {
    const who = await alice();
    await who.show();
    expect(await deliverDue(who.ports, ACCOUNT, doubling)).toBeUndefined();
    expect(who.broker.offered).toEqual([]);
  });
});
