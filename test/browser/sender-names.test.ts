/**
 * Names that attack: whatever a sender calls itself and its options, the popup's own words stay whole, on the screen and
 * first, at every width. In both browsers at the width that the browser gives; in Chromium at 400 and 200 pixels too.
 */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { SigningKey } from "../../src/crypto/index.ts";
import { ask, statusOf } from "../support/asking.ts";
import {
  acceptIn,
  ALICE,
  badgeIs,
  BROWSERS,
  chromiumOf,
  lookAt,
  POPUP_PAGE,
  press,
  rejectIn,
  type TestBrowser,
  type TestPopup,
  testid,
  userIn,
} from "../support/each-browser/index.ts";
import { newKey } from "../support/signing.ts";
import type { System } from "../support/system.ts";

const LONG = { timeout: 180_000 };
const KNOWN = "payments@ethel.example";
/** 64 letters, and a domain that makes it 254. */
const LONGEST = `${"a".repeat(64)}@${["b".repeat(63), "c".repeat(63), "d".repeat(53), "example"].join(".")}`;

const STRANGERS = [
  ["as long as a name can be", LONGEST, 0],
  ["made of our own words", "Verified-by-co-browser--pinned-by-you@published-this-key.example", 0],
  ["the broker's own of the account's domain", "confirm@localhost", 0],
  ["of a domain that looks like a pinned one", "payments@ethe1.example", 1],
  ["of a domain with a foreign letter", "payments@xn--thel-u4d.example", 2],
] as const;

/** What must be true of the popup's own words, whatever the sender's are; each problem in words. */
function problems(document: Document, trust: string): readonly string[] {
  const found: string[] = [];
  const view = document.defaultView;
  const line = document.querySelector<HTMLElement>("[data-testid=trust]");
  const header = document.querySelector<HTMLElement>(".who");
  if (view === null || line === null || header === null) return ["there is no line of trust"];
  // The words that are ours: first in the line, or all of it.
  const ours = line.querySelector<HTMLElement>("strong") ?? line;
  if (!ours.textContent.includes(trust)) found.push(`it says ${ours.textContent}`);
  const box = ours.getBoundingClientRect();
  const isOnScreen = box.top >= 0 && box.left >= 0 && box.right <= view.innerWidth && box.bottom <= view.innerHeight;
  if (!isOnScreen) found.push(`the words are at ${JSON.stringify(box)} of ${view.innerWidth}x${view.innerHeight}`);
  for (const [x, y] of [
    [box.left + 3, box.top + 3],
    [box.left + box.width / 2, box.top + box.height / 2],
  ] as const) {
    const there = document.elementFromPoint(x, y);
    if (there === null || (!line.contains(there) && !there.contains(line))) found.push("something covers the words");
  }
  for (const element of [document.documentElement, header, line]) {
    if (element.scrollWidth > element.clientWidth + 1) found.push(`${element.localName} is wider than its room`);
  }
  if (header.querySelector(".icon") === null) found.push("there is no sign");
  return found;
}

describe.each(BROWSERS)("a name in %s", LONG, (name) => {
  // Its broker is for another domain than the account's, so it lets strangers ask in that one's name, as a bad one would.
  const alice = userIn(name, { brokerArgs: ["--domain", "elsewhere.example"] });

  async function asked(
    fromId: string,
    heading: string,
    key?: SigningKey,
    buttons: readonly string[] = [],
  ): Promise<string> {
    const { system } = alice();
    const text = { heading, buttons: buttons.map((label) => ({ label })) };
    const { status, brokerId } = await ask(system, key ?? (await newKey()), { toId: ALICE, fromId, text });
    expect(status).toBe(201);
    return brokerId;
  }

  test("stays a claim behind our own words: the longest, our own words, the broker's own, one that looks like a pinned", async () => {
    const { browser } = alice();
    await pin(browser, KNOWN, (await newKey()).kid);
    for (const [, fromId] of STRANGERS) await asked(fromId, `From ${fromId.slice(0, 60)}`);
    await badgeIs(browser, String(STRANGERS.length));
    const popup = await browser.openPopup();
    for (const [what, fromId, warnings] of STRANGERS) {
      await popup.text(testid("heading"), `From ${fromId.slice(0, 60)}`);
      expect(await popup.texts(testid("trust")), what).toEqual([`Unverified sender. Claims to be ${fromId}`]);
      expect(await popup.isLive(testid("expected")), what).toBe(true);
      expect(await popup.texts(testid("domain-warning")), what).toHaveLength(warnings);
      expect(await popup.evaluate(problems, "Unverified sender"), fromId).toEqual([]);
      await rejectIn(popup);
      await press(popup, "next");
    }
    await popup.text(testid("empty"));
    await popup.close();
  });

  test("stays a claim in a window of 400 and of 200 pixels", async ({ skip }) => {
    if (name !== "Chromium") skip("a tab of Firefox has the window's width; its popup was looked at above");
    const { browser } = alice();
    for (const [, fromId] of STRANGERS) await asked(fromId, `From ${fromId.slice(0, 60)}`);
    await badgeIs(browser, String(STRANGERS.length));
    // The popup has the size of its content: this is the same page, with the same background, in a tab.
    const page = await chromiumOf(browser).openPage(POPUP_PAGE);
    for (const [what, fromId] of STRANGERS) {
      await page
        .getByTestId("heading")
        .filter({ hasText: fromId.slice(0, 60) })
        .waitFor();
      expect(await honestAtWidths(page, "Unverified sender"), what).toEqual([[], []]);
      await page.locator("[data-testid=reject]:enabled").click();
      await page.getByTestId("next").click();
    }
    await page.getByTestId("empty").waitFor();
    await page.close();
  });

  test("that the user pinned does not push out that it is pinned, however long it is", async () => {
    const { browser } = alice();
    const key = await newKey();
    await pin(browser, LONGEST, key.kid);
    await asked(LONGEST, "Pay 30 EUR", key);
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Pay 30 EUR");
    expect(await popup.texts(testid("sender"))).toEqual([LONGEST]);
    expect(await popup.evaluate(problems, "pinned by you")).toEqual([]);
    await rejectAndLeave(popup);
    if (name !== "Chromium") return;
    await asked(LONGEST, "Pay 31 EUR", key);
    const page = await chromiumOf(browser).openPage(POPUP_PAGE);
    await page.getByTestId("heading").filter({ hasText: "Pay 31 EUR" }).waitFor();
    expect(await honestAtWidths(page, "pinned by you")).toEqual([[], []]);
    await page.locator("[data-testid=reject]:enabled").click();
    await page.getByTestId("next").click();
    await page.getByTestId("empty").waitFor();
    await page.close();
  });

  test("with letters that turn the line round never gets in", async () => {
    const { browser, system } = alice();
    for (const fromId of [
      "\u202Eelpmaxe.lehte@stnemyap",
      "p\u0430yments@ethel.example",
      "payments@\u0435thel.example",
    ]) {
      await expect(ask(system, await newKey(), { toId: ALICE, fromId })).resolves.toMatchObject({ status: 400 });
    }
    await badgeIs(browser, "");
  });

  test("of an option that is Cancel, Reject or Accept is no button: ours alone decide", async () => {
    const { browser, system } = alice();
    const yes = await asked("shop@ethel.example", "Pinned by you: pay 1", await newKey(), [
      "Cancel",
      "Reject",
      "Accept",
    ]);
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Pinned by you: pay 1");
    expect(await popup.evaluate(problems, "Unverified sender")).toEqual([]);
    expect(await popup.texts("main button")).not.toContain("Cancel");
    expect(await popup.texts(testid("choice"))).toEqual(["Cancel", "Reject", "Accept"]);
    await popup.click(`${testid("choice")}:nth-child(2) input`);
    expect(await popup.texts(`.decision ${testid("accept")}`)).toEqual(["Accept: Reject"]);
    expect(await popup.texts(`.decision ${testid("reject")}`)).toEqual(["Reject"]);
    expect(await acceptIn(popup)).toContain("You accepted: Reject");
    await settled(system, yes);
    await press(popup, "next");
    const no = await asked("shop@ethel.example", "Pay 2", await newKey(), ["Accept"]);
    await popup.text(testid("heading"), "Pay 2");
    expect(await rejectIn(popup)).toContain("You rejected");
    await settled(system, no);
    await press(popup, "next");
    await popup.close();
  });

  test("that asks with another key than the pinned one alarms in the toolbar; an unreachable broker is a dot there", async () => {
    const { browser, system } = alice();
    await pin(browser, "bank@ethel.example", (await newKey()).kid);
    await asked("bank@ethel.example", "Pay 3");
    await badgeIs(browser, "!");
    const tab = await browser.openOptions();
    await expect.poll(() => tab.evaluate(buttonTitle), { timeout: 20_000 }).toContain("another key");
    // An alarm stays one without a line, too.
    await system.stopBroker();
    await tab.text(testid("line"), "Broker not reachable");
    expect(await browser.badge()).toBe("!");
    const popup = await lookAt(browser, "Pay 3");
    await rejectIn(popup);
    await badgeIs(browser, "•");
    await expect.poll(() => tab.evaluate(buttonTitle), { timeout: 20_000 }).toContain("no broker is reached");
    await system.startBroker();
    await badgeIs(browser, "", 60_000);
    await expect.poll(() => tab.evaluate(buttonTitle), { timeout: 20_000 }).toBe("Mesh/Confirm co-browser");
    await tab.close();
    await popup.close();
  });

  async function settled(system: System, brokerId: string): Promise<void> {
    await expect.poll(() => statusOf(system, brokerId), { timeout: 20_000 }).toBe("REPLY");
  }
});

/** What the toolbar button says when pointed at. */
function buttonTitle(): Promise<string> {
  const api = (Reflect.get(globalThis, "browser") ?? Reflect.get(globalThis, "chrome")) as {
    readonly action: { readonly getTitle: (details: object) => Promise<string> };
  };
  return api.action.getTitle({});
}

async function rejectAndLeave(popup: TestPopup): Promise<void> {
  await rejectIn(popup);
  await press(popup, "next");
  await popup.text(testid("empty"));
  await popup.close();
}

async function pin(browser: TestBrowser, fromId: string, kid: string): Promise<void> {
  const tab = await browser.openOptions();
  // The page is filled when the background has answered.
  await tab.text(testid("account-card"));
  await tab.type(testid("pin-from"), fromId);
  await tab.type(testid("pin-kid"), kid);
  await tab.choose(testid("pin-checked"), "by phone");
  await tab.click(testid("pin-add"));
  await tab.text(testid("pins"), fromId);
  await tab.close();
}

/** The problems in a window of 400 pixels, and in one of 200. */
async function honestAtWidths(page: Page, trust: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const size of [
    { width: 400, height: 600 },
    { width: 200, height: 300 },
  ]) {
    await page.setViewportSize(size);
    found.push(await page.evaluate(`(${String(problems)})(document, ${JSON.stringify(trust)})`));
  }
  return found;
}
