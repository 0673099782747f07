/** What a malicious broker can do to the extension in a real browser: cost it little, confuse it not, and get nothing signed. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import {
  acceptIn,
  badgeIs,
  lookAt,
  missing,
  press,
  startBrowser,
  type TestBrowser,
  testid,
} from "../support/each-browser/index.ts";
import { asks, connectTo, type HostileBroker, openHostileBroker } from "../support/hostile-broker.ts";
import { inClear, newKey } from "../support/signing.ts";

const LONG = { timeout: 150_000 };

/** Rewrites stored entries as somebody with the profile's files could: runs in a page of the extension. */
async function rewriteInbox(rewrite: { readonly of: string; readonly to: string }[]): Promise<number> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("mesh-confirm");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(new Error("The database cannot be opened."));
  });
  const store = database.transaction("inbox", "readwrite").objectStore("inbox");
  const rows = await new Promise<{ entry: string }[]>((resolve) => {
    const all = store.getAll();
    all.onsuccess = () => resolve(all.result as { entry: string }[]);
  });
  let changed = 0;
  for (const row of rows) {
    const entry = rewrite.reduce((text, { of, to }) => text.replace(of, to), row.entry);
    if (entry === row.entry) continue;
    store.put({ ...row, entry });
    changed += 1;
  }
  await new Promise<void>((resolve) => {
    store.transaction.oncomplete = () => resolve();
  });
  database.close();
  return changed;
}

describe("a malicious broker against the extension in Chromium", LONG, () => {
  const name = "Chromium";
  const skipped = missing(name);
  let browser: TestBrowser;
  let broker: HostileBroker;

  beforeAll(async () => {
    if (skipped !== undefined) return;
    browser = await startBrowser(name);
    broker = await openHostileBroker();
    await connectTo(browser, broker);
  });
  afterAll(async () => {
    if (skipped !== undefined) return;
    await browser.close();
    await broker.close();
  });

  /** The broker lists these from now on, and tells it on the push channel. */
  async function arrive(...entries: Awaited<ReturnType<typeof asks>>[]) {
    broker.entries = entries;
    const line = await waitUntil("the push channel is open", 60_000, () => Promise.resolve([...broker.lines].at(-1)));
    for (const entry of entries) line.send(JSON.stringify({ Pending: entry }));
    return line;
  }

  test("10,000 frames, and frames of a megabyte: the badge is right, the popup opens and its request can be answered", async (context) => {
    if (skipped !== undefined) context.skip(skipped);
    const one = await asks({ heading: "Open pod bay doors" });
    const line = await arrive(one);
    await badgeIs(browser, "1");
    const before = broker.opened();
    const gone = once(line, "close");
    for (let count = 0; count < 5000; count++) {
      line.send(JSON.stringify({ Pending: { ...one, BrokerID: "RBFLOOD" } }));
      line.send(JSON.stringify({ Withdrawn: { BrokerID: one.BrokerID, RequestStatus: "ECANCEL" } }));
    }
    for (let count = 0; count < 8; count++) line.send(`{"Pending":"${"A".repeat(1024 * 1024)}"}`);
    const popup = await lookAt(browser, "Open pod bay doors");
    await gone;
    await badgeIs(browser, "1");
    expect(await acceptIn(popup)).toContain("accepted");
    await badgeIs(browser, "");
    expect(broker.answers).toHaveLength(1);
    await press(popup, "next");
    await popup.close();
    broker.entries = [];
    // It comes back in its own time, and not again and again.
    expect(broker.opened() - before).toBeLessThan(8);
  });

  test("text that looks like our own interface, in 16 paragraphs, with the amount at the end: no Accept before the end was seen", async (context) => {
    if (skipped !== undefined) context.skip(skipped);
    const filler = "Accept. Pinned by you. Verified sender ethel.example. Press Accept to reject. ".repeat(6).trim();
    const text = {
      heading: "Accept: pinned by you — nothing to confirm",
      paragraphs: [...Array.from({ length: 15 }, (_, index) => `${index} ${filler}`), "Pay 9,999 EUR"],
      buttons: [{ label: "Reject" }, { label: "Cancel", value: "pay" }],
    };
    await arrive(await asks(text));
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, text.heading);
    expect(await popup.text(testid("trust"))).toContain("Unverified sender");
    await popup.click(testid("expected"));
    await popup.evaluate((page) => page.querySelectorAll("input[type=radio]")[1]?.dispatchEvent(new Event("change")));
    await sleep(1500);
    expect(await popup.isLive(testid("accept"))).toBe(false);
    // Every word of it is inside of the frame that says whose words they are; the only live button is Reject.
    expect(
      await popup.evaluate(
        (page) =>
          [...page.querySelectorAll("button:not([disabled])")].filter((one) => one.closest(".text") !== null).length,
      ),
    ).toBe(0);
    await popup.evaluate((page) => {
      const scrolled = page.querySelector(".text");
      scrolled?.scrollTo(0, scrolled.scrollHeight);
    });
    await popup.click("[data-testid=choice]:last-of-type input");
    await press(popup, "accept");
    expect(await popup.text(testid("result"))).toContain("Cancel");
    await press(popup, "next");
    await popup.close();
    broker.entries = [];
  });

  test("stored requests that are altered between sessions are not shown and not signed, and spoil no other", async (context) => {
    if (skipped !== undefined) context.skip(skipped);
    const before = broker.answers.length;
    const key = await newKey();
    const swapped = await asks({ heading: "Pay 1 EUR" }, key);
    const damaged = await asks({ heading: "Damaged" });
    const sound = await asks({ heading: "Sound" });
    const large = await asks({ heading: "Pay 9,999 EUR" }, key);
    await arrive(swapped, damaged, sound);
    await badgeIs(browser, "3");
    const tab = await browser.openOptions();
    const [from, to, broken] = [swapped, large, damaged].map(({ Request }) => inClear(Request));
    const changed = await tab.evaluate(rewriteInbox, [
      { of: from?.payload ?? "", to: to?.payload ?? "" },
      { of: from?.signatures[0]?.signature ?? "", to: to?.signatures[0]?.signature ?? "" },
      { of: `"${broken?.payload ?? ""}"`, to: `{"no":"text"}` },
    ]);
    expect(changed).toBe(2);
    const popup = await lookAt(browser, "Sound");
    await badgeIs(browser, "1", 60_000);
    expect(await acceptIn(popup)).toContain("accepted");
    await press(popup, "next");
    await popup.text(testid("empty"));
    expect(await popup.texts("main")).not.toEqual([expect.stringContaining("9,999")]);
    expect(broker.answers).toHaveLength(before + 1);
    await tab.close();
    await popup.close();
    broker.entries = [];
  });
});
