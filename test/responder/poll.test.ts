/** A poll takes in what is new and settles what is gone, and leaves alone what it was not told about. */
import { describe, expect, it } from "vitest";
import { decide, pendingEntries, poll, receive } from "../../src/responder/index.ts";
import { ACCOUNT, alice, envelope } from "../support/alice.ts";
import { flippedSignature, signedRequest } from "../support/signing.ts";

describe("a poll", () => {
  it("counts the new requests that verify, once", async () => {
    const who = await alice();
    who.broker.entries.push(
      envelope(await signedRequest(who.bank)),
      envelope(flippedSignature(await signedRequest(who.bank))),
      envelope(await signedRequest(who.bank)),
    );
    expect(await poll(who.ports, ACCOUNT)).toBe(2);
    expect(await poll(who.ports, ACCOUNT)).toBe(0);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toHaveLength(2);
  });

  it("does not stop at a request that cannot be shown: the ones behind it come in", async () => {
    const who = await alice();
    const good = envelope(await signedRequest(who.bank));
    who.broker.entries.push(envelope({ payload: "AA", signatures: [{ protected: "AA", signature: "AA" }] }), good);
    expect(await poll(who.ports, ACCOUNT)).toBe(1);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toMatchObject([{ brokerId: good.BrokerID }]);
  });

  it("withdraws what the broker does not list any more, after asking about it", async () => {
    const who = await alice();
    const entry = envelope(await signedRequest(who.bank));
    who.broker.entries.push(entry);
    await poll(who.ports, ACCOUNT);
    who.broker.entries.pop();
    who.broker.statuses.set(entry.BrokerID ?? "", "ECANCEL");
    await poll(who.ports, ACCOUNT);
    expect(await who.inbox.list(ACCOUNT)).toMatchObject([{ state: "withdrawn", endedAs: "ECANCEL" }]);
  });

  it("withdraws nothing where the list left something out", async () => {
    const who = await alice();
    await who.show();
    who.broker.complete = false;
    await poll(who.ports, ACCOUNT);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toHaveLength(1);
  });

  it("leaves alone what came by push while the list was on its way", async () => {
    const who = await alice();
    const entry = envelope(await signedRequest(who.bank));
    who.broker.meanwhile = async () => {
      who.broker.meanwhile = () => Promise.resolve();
      await receive(who.ports, ACCOUNT, entry);
    };
    // The list was made before the entry was there; asked about it, the broker knows it.
    const before = who.broker.pending.bind(who.broker);
    who.broker.pending = async () => {
      const listed = await before();
      who.broker.entries.push(entry);
      return listed;
    };
    await poll(who.ports, ACCOUNT);
    expect(await pendingEntries(who.ports, [ACCOUNT])).toMatchObject([{ state: "verified" }]);
  });

  it("leaves answered requests alone", async () => {
    const who = await alice();
    const decision = await who.show();
    await decide(who.ports, decision, { armingMs: 600 });
    await poll(who.ports, ACCOUNT);
    expect((await who.stored(decision)).state).toBe("answered");
  });

  it("changes nothing where the broker cannot be asked", async () => {
    const who = await alice();
    const decision = await who.show();
    who.broker.reachable = false;
    await expect(poll(who.ports, ACCOUNT)).rejects.toThrow("unreachable");
    expect((await who.stored(decision)).state).toBe("presented");
  });
});
