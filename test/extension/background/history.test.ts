/** The history as the settings ask for it: off is nothing at all, a receipt is of exactly the answer that is named. */
import "../../support/extension-api.ts";
import { beforeEach, describe, expect, it } from "vitest";
import type { BrowserResponder } from "../../../src/extension/background/responder.ts";
import { decide, deliverDue, type InboxEntry } from "../../../src/responder/index.ts";
import { ACCOUNT, type Alice, alice, refOf } from "../../support/alice.ts";
import { keptSettings } from "../../support/extension-api.ts";
import { newDecryption, signedRequest } from "../../support/signing.ts";

// After the browser's interface is there.
const { clearHistory, exportReceipts, history, openPast, setHistory } =
  await import("../../../src/extension/background/history.ts");

const RULES = { armingMs: 600 };

/** What the handlers need of a responder, over Alice's ports. */
async function world() {
  const who = await alice();
  const { pair } = await newDecryption();
  const forgotten: string[] = [];
  const inbox: Pick<BrowserResponder["inbox"], "forget"> = {
    forget: async (account, which) => {
      const gone = which((await who.inbox.list(account)).filter(({ state }) => state === "delivered"));
      for (const { digest } of gone) {
        forgotten.push(digest);
        await who.inbox.remove(account, digest);
      }
      return gone.length;
    },
  };
  const responder = {
    ...{ ports: who.ports, inbox, accounts: () => [ACCOUNT] },
    member: () => ({ stored: { ...ACCOUNT, encryption: pair }, who: { key: who.device } }),
  } as unknown as BrowserResponder;
  return { who, responder, forgotten };
}

async function answered(who: Alice): Promise<InboxEntry> {
  const decision = await who.show(await signedRequest(who.bank));
  await decide(who.ports, decision, RULES);
  await deliverDue(who.ports, ACCOUNT, () => 1000);
  return who.stored(decision);
}

beforeEach(async () => {
  const { responder } = await world();
  await setHistory(responder, "all");
});

describe("the history of the settings", () => {
  it("is all there is, until it is turned off: then nothing is handed out, not even what is not forgotten yet", async () => {
    const { who, responder } = await world();
    const entry = await answered(who);
    const { keep, past } = await history(responder);
    expect([keep, past.map(({ result }) => result.digest)]).toEqual(["all", [entry.digest]]);
    await setHistory(responder, "off");
    expect(keptSettings.get("history")).toBe("off");
    await answered(who);
    expect(await history(responder)).toEqual({ keep: "off", past: [] });
  });

  it("opens one request by its whole name, and none by another BrokerID", async () => {
    const { who, responder } = await world();
    const ref = refOf(await answered(who));
    expect((await openPast(responder, ref))?.result.digest).toBe(ref.digest);
    expect(await openPast(responder, { ...ref, id: "RBOTHER" })).toBeUndefined();
    expect(await openPast(responder, { ...ref, digest: "A".repeat(43) })).toBeUndefined();
  });

  it("exports the receipt of the named answer alone, or of all, and counts what has none", async () => {
    const { who, responder } = await world();
    const [first, second] = [await answered(who), await answered(who)];
    await who.show(await signedRequest(who.bank));
    const ids = async (of: Parameters<typeof exportReceipts>[1]) =>
      (await exportReceipts(responder, of)).receipts.map(({ BrokerID }) => BrokerID);
    expect(await ids(refOf(first))).toEqual([first.brokerId]);
    expect(await ids({ ...refOf(first), broker: "https://example.net/" })).toEqual([]);
    expect(await ids(null)).toEqual([first.brokerId, second.brokerId]);
    const { answer } = second;
    if (answer === undefined) throw new Error("It was not answered.");
    const other = await signedRequest(who.bank);
    await who.inbox.replace(["delivered"], { ...second, request: other });
    expect(await exportReceipts(responder, null)).toMatchObject({ others: 1 });
  });

  it("is cleared of what is over, and says how much that was", async () => {
    const { who, responder, forgotten } = await world();
    const { digest } = await answered(who);
    const waits = await who.take(await signedRequest(who.bank));
    expect(await clearHistory(responder)).toBe(1);
    expect(forgotten).toEqual([digest]);
    expect(await who.inbox.list(ACCOUNT)).toEqual([waits]);
  });
});
