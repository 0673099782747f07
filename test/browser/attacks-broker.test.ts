/** What a malicious broker can do to the extension in a real browser: cost it little, confuse it not, and get nothing signed. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import {
  acceptIn,
  badgeIs,
  BROWSERS,
  clearAlarms,
  lookAt,
  missing,
  press,
  rowsOf,
  startBrowser,
  type TestBrowser,
  testid,
  writeStore,
} from "../support/each-browser/index.ts";
import { asks, connectTo, type HostileBroker, openHostileBroker } from "../support/hostile-broker.ts";
import { inClear, newKey } from "../support/signing.ts";

const LONG = { timeout: 150_000 };

describe.each(BROWSERS)("a malicious broker against the extension in %s", LONG, (name) => {
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
    await popup.evaluate((page) => {
      const { Event } = page.defaultView ?? globalThis;
      page.querySelectorAll("input[type=radio]")[1]?.dispatchEvent(new Event("change"));
    });
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
    const altered = (await rowsOf(browser, tab)).flatMap((row) => {
      const entry = row.entry
        .replace(from?.payload ?? "", to?.payload ?? "")
        .replace(from?.signatures[0]?.signature ?? "", to?.signatures[0]?.signature ?? "")
        .replace(`"${broken?.payload ?? ""}"`, `{"no":"text"}`);
      return entry === row.entry ? [] : [{ ...row, entry }];
    });
    expect(altered).toHaveLength(2);
    await tab.evaluate(writeStore, "inbox", altered, []);
    await clearAlarms(tab);
    const popup = await lookAt(browser, "Sound");
    // Of what the look refused the badge knows at once, and not by a later poll.
    await badgeIs(browser, "1");
    expect(await acceptIn(popup)).toContain("accepted");
    await press(popup, "next");
    await popup.text(testid("empty"));
    expect(await popup.texts("main")).not.toEqual([expect.stringContaining("9,999")]);
    expect(broker.answers).toHaveLength(before + 1);
    await tab.close();
    await popup.close();
    broker.entries = [];
  });

  test("100 senders at once are counted, and each is shown with its own key, the oldest first", async (context) => {
    if (skipped !== undefined) context.skip(skipped);
    const tab = await browser.openOptions();
    const keys = await Promise.all(Array.from({ length: 100 }, newKey));
    await arrive(...(await Promise.all(keys.map((key, index) => asks({ heading: `Sender ${index}` }, key)))));
    await badgeIs(browser, "100", 60_000);
    const popup = await browser.openPopup();
    for (const index of [0, 1, 2]) {
      await popup.text(testid("heading"), `Sender ${index}`);
      expect(await popup.text("main")).toContain(keys[index]?.kid);
      expect(await popup.texts(testid("heading"))).toHaveLength(1);
      expect(await popup.text(testid("queue"))).toContain(String(100 - index));
      expect(await acceptIn(popup)).toContain("accepted");
      await press(popup, "next");
    }
    await badgeIs(browser, "97");
    await popup.close();
    const stored = await rowsOf(browser, tab);
    await tab.evaluate(
      writeStore,
      "inbox",
      [],
      stored.map(({ digest }) => digest),
    );
    await tab.close();
  });

  test("1,000 requests of one sender: as many as there is room for wait, the oldest can be answered, and the next comes", async (context) => {
    if (skipped !== undefined) context.skip(skipped);
    const key = await newKey();
    const all = [];
    for (let index = 0; index < 1000; index++) all.push(await asks({ heading: `Request ${index}` }, key));
    await arrive(...all);
    await badgeIs(browser, "100", 60_000);
    const popup = await browser.openPopup();
    for (const index of [0, 1, 2]) {
      await popup.text(testid("heading"), `Request ${index}`);
      expect(await acceptIn(popup)).toContain("accepted");
      await press(popup, "next");
    }
    await popup.text(testid("heading"), "Request 3");
    await popup.close();
  });

  test("that takes each connection and never answers stops neither the start nor the popup nor an answer", async (context) => {
    if (skipped !== undefined) context.skip(skipped);
    broker.wire.behaviour = () => undefined;
    broker.wire.server.removeAllListeners("upgrade").on("upgrade", () => undefined);
    for (const line of broker.lines) line.terminate();
    await browser.stopBackground();
    const popup = await lookAt(browser, "Request 3");
    expect(await acceptIn(popup)).toContain("accepted");
    await press(popup, "next");
    await popup.text(testid("heading"), "Request 4");
    await popup.close();
  });
});
