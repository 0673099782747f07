/** A device's line to its broker: what counts as the broker's word, and what an unsigned word does to an answer: nothing. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientError, deviceLine } from "../../src/client/index.ts";
import { openResponse } from "../../src/crypto/index.ts";
import type { JsonObject } from "../../src/protocol/index.ts";
import { decide, deliverDue, withdrawIfConfirmed } from "../../src/responder/index.ts";
import type { AccountKey } from "../../src/responder/index.ts";
import { alice } from "../support/alice.ts";
import { ALICE, flippedSignature, newKey, profileOf, signedRequest, inClear } from "../support/signing.ts";
import { answering, openWire, sendJson, type Wire } from "../support/wire.ts";

const DEVICE = await newKey();
const SERVICE = await newKey();
const BANK = await newKey();

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const account = (): AccountKey => ({ account: ALICE, broker: wire.endpoint });
const line = () =>
  deviceLine({
    credentials: () => Promise.resolve({ key: DEVICE, service: SERVICE }),
    fetch: globalThis.fetch,
    clock: Date.now,
    timeoutMs: 2000,
  });

async function failure(call: Promise<unknown>): Promise<ClientError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  throw new Error("The call was answered.");
}

const says = (message: object | ((sent: JsonObject) => object)): void => {
  wire.behaviour = answering(SERVICE, (call) =>
    typeof message === "function" ? (message as (sent: JsonObject) => object)(call.message) : message,
  );
};
const refusal = { ConfirmResponse: { Status: 403, StatusDescription: "Not a device of this account." } };

async function entry(BrokerID: string, Sequence = 1) {
  return { Request: await signedRequest(BANK), ResponderAccount: ALICE, BrokerID, Sequence };
}

describe("pending", () => {
  it("asks for the account's entries page by page and gives them in the broker's order", async () => {
    const Entries = [await entry("RBA", 3), await entry("RBB", 7), await entry("RBC", 8)];
    says((sent) => {
      const { AfterId } = sent["PendingRequest"] as { readonly AfterId?: number };
      const next = Entries.filter(({ Sequence }) => Sequence > (AfterId ?? 0)).slice(0, 2);
      return { PendingResponse: { Status: 201, Entries: next } };
    });
    expect(await line().pending(account())).toEqual({ entries: Entries, complete: true });
    expect(wire.arrived.map(({ message }) => message)).toEqual([
      { PendingRequest: { Responder: ALICE } },
      { PendingRequest: { Responder: ALICE, AfterId: 7 } },
      { PendingRequest: { Responder: ALICE, AfterId: 8 } },
    ]);
  });

  it("is not known to be complete where the broker gives no order to go on from", async () => {
    const { Sequence: _, ...one } = await entry("RBA", 1);
    says({ PendingResponse: { Status: 201, Entries: [one] } });
    expect(await line().pending(account())).toEqual({ entries: [one], complete: false });
  });

  it("ends at a broker that gives the same page for ever, and is not complete then", async () => {
    const one = await entry("RBA", 1);
    says({ PendingResponse: { Status: 201, Entries: [one] } });
    expect((await line().pending(account())).complete).toBe(false);
    expect(wire.arrived.length).toBeLessThan(100);
  });

  it("is empty where the broker lists nothing", async () => {
    says({ PendingResponse: { Status: 201 } });
    expect(await line().pending(account())).toEqual({ entries: [], complete: true });
  });

  it("rejects with the broker's refusal and its status", async () => {
    says(refusal);
    expect(await failure(line().pending(account()))).toMatchObject({ code: "refused", status: 403 });
  });

  it("rejects with what the device is, where it is not active", async () => {
    says({ PendingResponse: { ...refusal.ConfirmResponse, DeviceState: "revoked" } });
    expect(await failure(line().pending(account()))).toMatchObject({ code: "refused", deviceState: "revoked" });
  });

  it("leaves out an entry that cannot be read, and gives those around it", async () => {
    const Entries = [await entry("RBA", 1), { Request: "x" }, { ...(await entry("RBB", 2)), Expire: "soon" }, "RBC"];
    const last = await entry("RBD", 3);
    says((sent) => {
      const { AfterId = 0 } = sent["PendingRequest"] as { readonly AfterId?: number };
      return { PendingResponse: { Status: 201, Entries: AfterId === 0 ? [...Entries, last] : [] } };
    });
    expect(await line().pending(account())).toEqual({ entries: [Entries[0], last], complete: true });
  });

  it("is not known to be complete where nothing of a page could be read and there is more", async () => {
    says({ PendingResponse: { Status: 201, Entries: [{ Request: "x" }], More: true } });
    expect(await line().pending(account())).toEqual({ entries: [], complete: false });
  });

  it("rejects what is no list of entries", async () => {
    says({ PendingResponse: { Status: 201, Entries: "none" } });
    expect((await failure(line().pending(account()))).code).toBe("malformed");
  });
});

describe("the entry of a BrokerID", () => {
  it("is the one that the broker lists under it", async () => {
    const one = await entry("RBA");
    says({ PendingResponse: { Status: 201, Entries: [one] } });
    expect(await line().pendingEntry(account(), "RBA")).toEqual(one);
    expect(wire.arrived[0]?.message).toEqual({ PendingRequest: { Responder: ALICE, BrokerID: "RBA" } });
  });

  it("is none where the broker lists another, nothing, or says that there is none", async () => {
    says({ PendingResponse: { Status: 201, Entries: [await entry("RBB")] } });
    expect(await line().pendingEntry(account(), "RBA")).toBeUndefined();
    says({ PendingResponse: { Status: 201, Entries: [] } });
    expect(await line().pendingEntry(account(), "RBA")).toBeUndefined();
    says({ PendingResponse: { Status: 201 } });
    expect(await line().pendingEntry(account(), "RBA")).toBeUndefined();
    says({ ConfirmResponse: { Status: 404 } });
    expect(await line().pendingEntry(account(), "RBA")).toBeUndefined();
  });

  it("is not known where the broker refuses to say", async () => {
    says({ ConfirmResponse: { Status: 503 } });
    expect(await failure(line().pendingEntry(account(), "RBA"))).toMatchObject({ code: "refused", status: 503 });
  });
});

describe("the state of a request", () => {
  it("is the broker's signed word", async () => {
    says({ StatusResponse: { Status: 201, Response: { BrokerID: "RBA", RequestStatus: "ECancel" } } });
    expect(await line().statusOf(account(), "RBA")).toBe("ECANCEL");
    says({ ConfirmResponse: { Status: 404 } });
    expect(await line().statusOf(account(), "RBA")).toBeUndefined();
    says(refusal);
    expect((await failure(line().statusOf(account(), "RBA"))).code).toBe("refused");
  });
});

describe("the keys that the broker vouches for", () => {
  it("are those of profiles that their device signed for that account", async () => {
    const [good, other] = [await newKey(), await newKey()];
    const Devices = [
      await profileOf(good, "bob@example.com"),
      await profileOf(other, "carol@example.com"),
      flippedSignature(await profileOf(other, "bob@example.com")),
      await signedRequest(other),
    ];
    says({ ProfileResponse: { Status: 201, Account: "bob@example.com", Devices } });
    expect(await line().vouchedKids(account(), "bob@example.com")).toEqual([good.kid]);
  });

  it("are none for an account that the broker does not know", async () => {
    says({ ConfirmResponse: { Status: 404 } });
    expect(await line().vouchedKids(account(), "bob@example.com")).toEqual([]);
  });
});

describe("how the account's devices let each other in", () => {
  it("is what the broker's Profile of it has", async () => {
    const Endorsements = [await signedRequest(BANK)];
    says({ ProfileResponse: { Status: 201, Account: ALICE, Endorsements } });
    expect(await line().endorsements(account())).toEqual(Endorsements);
    says({ ProfileResponse: { Status: 201, Account: ALICE } });
    expect(await line().endorsements(account())).toEqual([]);
    says(refusal);
    expect((await failure(line().endorsements(account()))).code).toBe("refused");
  });
});

describe("handing over an answer", () => {
  it("sends it with the BrokerID and gives the broker's signed status", async () => {
    says({ RespondResponse: { Status: 201 } });
    const request = await signedRequest(BANK);
    expect(await line().respond(account(), "RBA", request)).toEqual({ status: 201 });
    expect(wire.arrived[0]?.message).toEqual({
      RespondRequest: { Response: { BrokerID: "RBA", RequestStatus: "REPLY", Response: request } },
    });
  });

  it("says REFUSED without an answer, in a call that the device signed", async () => {
    says({ RespondResponse: { Status: 201 } });
    expect(await line().refuse(account(), "RBA")).toBe(201);
    expect(wire.arrived[0]?.message).toEqual({
      RespondRequest: { Response: { BrokerID: "RBA", RequestStatus: "REFUSED" } },
    });
  });

  it("hands on a status that nobody has defined, which settles nothing", async () => {
    says({ ConfirmResponse: { Status: 299 } });
    expect((await line().respond(account(), "RBA", await signedRequest(BANK))).status).toBe(299);
  });
});

describe("the responder over this line", () => {
  const RULES = { armingMs: 600 };

  async function answered() {
    const who = await alice();
    const ports = { ...who.ports, broker: line() };
    const decision = await who.show();
    expect(await decide(ports, decision, RULES)).toEqual({ ok: true });
    // The inbox keeps the account under a broker's name; the calls go to this wire.
    const here = {
      ...ports.broker,
      respond: (_: AccountKey, id: string, jws: Parameters<typeof ports.broker.respond>[2]) =>
        ports.broker.respond(account(), id, jws),
    };
    return { who, decision, ports: { ...ports, broker: here } };
  }

  it.each([
    ["an unsigned 201", 200, { RespondResponse: { Status: 201 } }],
    ["an unsigned 409", 200, { RespondResponse: { Status: 409 } }],
    ["an unsigned 410", 410, { ConfirmResponse: { Status: 410 } }],
    ["an unsigned 404", 404, { ConfirmResponse: { Status: 404 } }],
    ["a proxy's error page", 502, "<html>Bad gateway</html>"],
  ])("does not take %s for the broker's word: the answer is offered again", async (_, status, body) => {
    const { who, decision, ports } = await answered();
    wire.behaviour = (__, response) => sendJson(response, body, status);
    expect(await deliverDue(ports, decision, () => 1000)).toBeDefined();
    const stored = await who.stored(decision);
    expect(stored).toMatchObject({ state: "answered", answer: { attempts: 1 } });
    expect(stored.answer?.delivery).toBeUndefined();

    says({ RespondResponse: { Status: 201 } });
    who.clock.pass(1000);
    expect(await deliverDue(ports, decision, () => 1000)).toBeUndefined();
    expect(await who.stored(decision)).toMatchObject({ state: "delivered", answer: { delivery: "accepted" } });
    const sent = wire.arrived.map(({ message }) => JSON.stringify(message));
    expect(sent[0]).toBe(sent[1]);
  });

  it("does not take a signed 201 by another key for the broker's word", async () => {
    const { who, decision, ports } = await answered();
    wire.behaviour = answering(BANK, { RespondResponse: { Status: 201 } });
    await deliverDue(ports, decision, () => 1000);
    expect((await who.stored(decision)).state).toBe("answered");
    const stored = await who.stored(decision);
    expect(stored.answer === undefined ? undefined : (await openResponse(inClear(stored.answer.jws))).value).toBe(true);
  });

  it("does not withdraw a request on an unsigned word", async () => {
    const who = await alice();
    const here = line();
    const broker = {
      ...here,
      pendingEntry: (_: AccountKey, id: string) => here.pendingEntry(account(), id),
      statusOf: (_: AccountKey, id: string) => here.statusOf(account(), id),
    };
    const decision = await who.show();
    wire.behaviour = (_, response) => sendJson(response, { ConfirmResponse: { Status: 404 } });
    await expect(withdrawIfConfirmed({ ...who.ports, broker }, decision, decision.id)).rejects.toThrow(ClientError);
    expect((await who.stored(decision)).state).toBe("presented");
  });
});
