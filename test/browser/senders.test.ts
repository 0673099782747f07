/**
 * Who is asking, in the real popup, and what the user can do about it: each word of trust, a changed key that the settings
 * alone resolve, blocking at the broker whatever fails on the way, and muting.
 */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SigningKey } from "../../src/crypto/index.ts";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { ask, newDevice, post, statusOf } from "../support/asking.ts";
import { launchChromium } from "../support/chromium.ts";
import { accept, badgeShows, enrol, expectHeading, openRequest, resultShown } from "../support/co-browser.ts";
import { ringAlarm } from "../support/each-browser/index.ts";
import { foreignKey } from "../support/foreign-signer.ts";
import { BANK, foreignRequest, newKey } from "../support/signing.ts";
import { System } from "../support/system.ts";

/** An account of another domain than its broker's, which then lets strangers ask in that domain's name, as a bad one would. */
const ALICE = "alice@example.com";
const SETTINGS = "src/extension/options/index.html";

let system: System;
let browser: Chromium | undefined;
beforeAll(async () => {
  if (findChromium() === undefined) return;
  // One key may have two requests waiting: so a block finds another one.
  system = await System.start({ limits: { pending: { unverifiedSender: 2 } } }, ["--domain", "elsewhere.example"]);
  browser = await launchChromium();
  await enrol(browser, system, ALICE);
});
afterAll(async () => {
  await browser?.close();
  if (findChromium() !== undefined) await system.close();
});

let chromium: Chromium;
/** The popup and tabs that a test opened. */
let pages: Page[] = [];
let bank: SigningKey;
beforeEach(async ({ skip }) => {
  if (browser === undefined) return skip("no Chromium or Chrome on this machine");
  chromium = browser;
  bank = await newKey();
});
afterEach(async () => {
  for (const page of pages) await page.close();
  pages = [];
});

async function asked(key: SigningKey, heading: string, fromId = BANK): Promise<string> {
  const { status, brokerId } = await ask(system, key, { toId: ALICE, fromId, text: { heading } });
  expect(status).toBe(201);
  return brokerId;
}

async function shown(heading: string): Promise<Page> {
  const popup = await openRequest(chromium, heading);
  pages.push(popup);
  return popup;
}

async function settings(): Promise<Page> {
  const page = await chromium.openPage(SETTINGS);
  pages.push(page);
  return page;
}

/** Rejects, and waits until the broker has it. */
async function reject(popup: Page): Promise<void> {
  await press(popup, "reject");
  await resultShown(popup);
  await popup.getByTestId("result").filter({ hasText: "Signed, and delivered" }).waitFor();
}

/** Presses a way to say no as soon as it is live. */
async function press(popup: Page, testid: string): Promise<void> {
  await popup.locator(`[data-testid=${testid}]:enabled`).click();
}

const trustOf = (popup: Page): Promise<string> => popup.getByTestId("trust").innerText();

async function pin(fromId: string, kid: string): Promise<void> {
  const page = await settings();
  await page.getByTestId("pin-from").fill(fromId);
  await page.getByTestId("pin-kid").fill(kid);
  await page.getByTestId("pin-checked").selectOption("phone");
  await page.getByTestId("pin-add").click();
  await page.getByText(`${fromId} is pinned.`).waitFor();
}

describe("the word of trust", { timeout: 120_000 }, () => {
  test("is that of a pin, of the broker, or none, and an undated request says that it is", async () => {
    const bob = await newDevice(system, "bob@example.com");
    await pin("pinned@ethel.example", bank.kid);
    await asked(bank, "Pinned", "pinned@ethel.example");
    await asked(bob, "Local", "bob@example.com");
    await asked(await newKey(), "Nobody");
    const undated = { Text: "<srml><h1>Undated</h1></srml>", FromID: "old@ethel.example", ToID: ALICE };
    await post(system, ALICE, foreignRequest(foreignKey(), undated, null));
    await badgeShows(chromium, "4");

    const popup = await shown("Pinned");
    expect(await popup.getByTestId("sender").innerText()).toBe("pinned@ethel.example");
    expect(await trustOf(popup)).toBe("pinned by you");
    expect(await popup.getByTestId("expected").count()).toBe(0);
    expect(await popup.locator(".decision").innerText()).not.toContain("Not dated");
    await reject(popup);
    await popup.getByTestId("next").click();

    await expectHeading(popup, "Local");
    expect(await popup.getByTestId("sender").innerText()).toBe("bob@example.com");
    expect(await trustOf(popup)).toBe("your broker says so");
    expect(await popup.getByTestId("expected").count()).toBe(0);
    await reject(popup);
    await popup.getByTestId("next").click();

    await expectHeading(popup, "Nobody");
    expect(await trustOf(popup)).toBe(`Unverified sender. Claims to be ${BANK}`);
    expect(await popup.getByTestId("expected").count()).toBe(1);
    await reject(popup);
    await popup.getByTestId("next").click();

    await expectHeading(popup, "Undated");
    expect(await popup.locator(".decision").innerText()).toContain("Not dated by the sender");
    await reject(popup);
  });

  test("is an alarm where the key is not the pinned one, and the settings alone resolve it", async () => {
    const pinned = await newKey();
    await pin("changed@ethel.example", pinned.kid);
    const brokerId = await asked(bank, "Changed", "changed@ethel.example");
    await badgeShows(chromium, "!");
    const popup = await shown("Changed");
    expect(await trustOf(popup)).toContain("Key changed: do not accept");
    expect(await popup.getByTestId("accept").count()).toBe(0);
    expect(await popup.getByTestId("expected").count()).toBe(0);
    expect(await popup.getByTestId("compare").count()).toBe(1);
    await popup.close();

    const page = await settings();
    const clash = page.getByTestId("clash").filter({ hasText: "changed@ethel.example" });
    await clash.waitFor();
    const kids = await clash.getByTestId("clash-kid").allInnerTexts();
    expect(kids.map((kid) => kid.replaceAll(/\s/g, ""))).toEqual([pinned.kid, bank.kid]);
    expect(await clash.innerText()).toContain("Checked: by phone");

    // Kept: the alarm stays for what asks with that key.
    await clash.getByTestId("clash-keep").click();
    await clash.waitFor({ state: "detached" });
    await badgeShows(chromium, "!");
    const again = await shown("Changed");
    expect(await again.getByTestId("accept").count()).toBe(0);
    await reject(again);
    await again.close();
    expect(await statusOf(system, brokerId)).toBe("REPLY");
    await badgeShows(chromium, "");

    // It asks again, so both keys are there again; replaced, it is the pinned one, and the other is the alarm.
    await asked(bank, "Changed again", "changed@ethel.example");
    await clash.waitFor();
    await clash.getByText("The sender confirmed the other key").click();
    await clash.getByTestId("clash-replace").click();
    expect(await clash.getByTestId("error").innerText()).toContain("how you checked");
    await clash.locator("select").selectOption("paper");
    await clash.getByTestId("clash-replace").click();
    await clash.waitFor({ state: "detached" });
    const card = page.getByTestId("pin").filter({ hasText: "changed@ethel.example" });
    expect(await card.count()).toBe(1);
    expect((await card.innerText()).replaceAll(/\s/g, "")).toContain(bank.kid);
    const resolved = await shown("Changed again");
    expect(await trustOf(resolved)).toBe("pinned by you");
    await accept(resolved);
    await resultShown(resolved);
  });
});

describe("pinning", { timeout: 60_000 }, () => {
  test("asks twice where the name could be taken for one that is known, and once where it could not", async () => {
    await pin("payments@known.example", bank.kid);
    const page = await settings();
    const send = async (fromId: string): Promise<void> => {
      await page.getByTestId("pin-from").fill(fromId);
      await page.getByTestId("pin-kid").fill(bank.kid);
      await page.getByTestId("pin-checked").selectOption("phone");
      await page.getByTestId("pin-add").click();
    };
    const pinned = page.getByTestId("pin").filter({ hasText: "payments@kn0wn.example" });
    await send("payments@kn0wn.example");
    expect(await page.getByTestId("error").innerText()).toContain("looks like one at known.example, which you know");
    expect(await pinned.count()).toBe(0);
    // The second press is about the name that was warned of, and no other.
    await send("payments@knovvn.example");
    await send("payments@kn0wn.example");
    expect(await page.getByTestId("error").innerText()).toContain("looks like one at known.example, which you know");
    await page.getByTestId("pin-add").click();
    await pinned.waitFor();
    await pinned.getByTestId("remove").click();
    await pinned.getByTestId("remove-really").click();
    await pinned.waitFor({ state: "detached" });
  });
});

describe("a sender that is blocked", { timeout: 120_000 }, () => {
  test("with the rejection: the no arrives, then the broker takes nothing more from this key, and what waits of it goes", async () => {
    const brokerId = await asked(bank, "Blocked");
    await asked(bank, "Blocked as well");
    await badgeShows(chromium, "2");
    const popup = await shown("Blocked");
    await press(popup, "reject-block");
    await resultShown(popup);
    await popup.getByTestId("block-state").filter({ hasText: "Blocked: your broker takes nothing more" }).waitFor();
    expect(await popup.getByTestId("block").isVisible()).toBe(false);
    expect(await statusOf(system, brokerId)).toBe("REPLY");
    expect((await ask(system, bank, { toId: ALICE, fromId: "other@ethel.example" })).status).toBe(403);
    await asked(await newKey(), "Somebody else");
    await popup.getByTestId("next").click();
    await expectHeading(popup, "Somebody else");
    await reject(popup);
  });

  test("while the broker is down: the popup says that it is not yet, and it is once the broker is back", async () => {
    await asked(bank, "Down");
    await badgeShows(chromium, "1");
    const popup = await shown("Down");
    await popup.locator("[data-testid=reject-block]:enabled").waitFor();
    await system.stopBroker();
    await press(popup, "reject-block");
    await resultShown(popup);
    await popup.getByTestId("block-state").filter({ hasText: "This sender is not blocked yet" }).waitFor();
    // What is wanted is in the database and nowhere else.
    await chromium.killWorker();
    const page = await settings();
    await page.getByTestId("blocks-waiting").filter({ hasText: BANK }).waitFor();
    await page.getByTestId("error").filter({ hasText: "cannot be reached" }).waitFor({ timeout: 60_000 });
    await system.startBroker();
    await ringAlarm(page);
    await page.getByTestId("blocked").filter({ hasText: BANK }).waitFor({ timeout: 90_000 });
    expect(await page.getByTestId("blocks-waiting").count()).toBe(0);
    expect((await ask(system, bank, { toId: ALICE })).status).toBe(403);
  });

  test("after It wasn't me: the result says what to do, and offers it once the press has settled", async () => {
    await asked(bank, "Not me");
    await badgeShows(chromium, "1");
    const popup = await shown("Not me");
    await press(popup, "not-me");
    await resultShown(popup);
    expect(await popup.getByTestId("result").innerText()).toContain("change your password there");
    await press(popup, "block");
    await popup.getByTestId("block-state").filter({ hasText: "Blocked" }).waitFor();
    expect((await ask(system, bank, { toId: ALICE })).status).toBe(403);
  });

  test("is not offered for what was accepted", async () => {
    await asked(bank, "Accepted");
    await badgeShows(chromium, "1");
    const popup = await shown("Accepted");
    await accept(popup);
    await resultShown(popup);
    expect(await popup.getByTestId("block").isVisible()).toBe(false);
  });
});

/** Turns AllowOnly on or off, and waits until the broker has said so. */
async function pressSwitch(page: Page): Promise<void> {
  const before = await page.getByTestId("allow-only").elementHandle();
  await before.click();
  await before.waitForElementState("hidden");
  await page.getByTestId("allow-only").waitFor();
}

describe("the lists at the broker", { timeout: 120_000 }, () => {
  test("are shown with the name that a key claimed, and changed there", async () => {
    await asked(bank, "Listed");
    await badgeShows(chromium, "1");
    const popup = await shown("Listed");
    await press(popup, "reject-block");
    await popup.getByTestId("block-state").filter({ hasText: "Blocked" }).waitFor();
    await popup.close();

    const page = await settings();
    await page.getByTestId("policy-card").locator("summary").click();
    const entry = page
      .getByTestId("blocked")
      .getByTestId("entry")
      .filter({ hasText: bank.kid.slice(-5) });
    await entry.waitFor();
    expect(await entry.innerText()).toContain(`Claimed to be ${BANK}`);
    await entry.getByTestId("unblock").click();
    await entry.waitFor({ state: "detached" });
    await page.getByTestId("policy-entry").fill("not a sender");
    await page.getByTestId("policy-add").click();
    await page.getByTestId("error").filter({ hasText: "This is not a sender" }).waitFor();
    await page.getByTestId("policy-entry").fill("friend.example");
    await page.getByTestId("policy-list").selectOption("allow");
    await page.getByTestId("policy-add").click();
    await page.getByTestId("allowed").filter({ hasText: "friend.example" }).waitFor();
    await pressSwitch(page);
    expect((await ask(system, bank, { toId: ALICE })).status).toBe(403);
    await pressSwitch(page);
    await page.getByTestId("disallow").click();
    await page.getByTestId("allowed").filter({ hasText: "Nobody" }).waitFor();

    // Neither blocked any more, nor kept out: it gets through, is rejected until it has to wait, and that is lifted.
    for (const heading of ["One", "Two"]) {
      await asked(bank, heading);
      const again = await shown(heading);
      await reject(again);
      await again.close();
    }
    expect((await ask(system, bank, { toId: ALICE })).status).toBe(429);
    await page.getByTestId("policy-card").locator("summary").click();
    await page.getByTestId("policy-card").locator("summary").click();
    await page.getByTestId("coolDowns").filter({ hasText: BANK }).waitFor();
    await page.getByTestId("lift").click();
    await page.getByTestId("coolDowns").waitFor({ state: "detached" });
    await asked(bank, "Three");
    await reject(await shown("Three"));
  });
});

describe("a sender that is muted", { timeout: 120_000 }, () => {
  const notified = async (): Promise<boolean> => {
    const all: unknown = await (await chromium.worker()).evaluate("chrome.notifications.getAll()");
    return JSON.stringify(all) !== "{}";
  };
  const clear = async (): Promise<void> => {
    await (await chromium.worker()).evaluate("chrome.notifications.clear('mesh-confirm')");
  };

  test("is counted and shown, last and without a notification, until it is unmuted in the settings", async () => {
    await asked(bank, "Loud");
    await badgeShows(chromium, "1");
    const popup = await shown("Loud");
    await popup.getByTestId("more").click();
    await popup.getByTestId("mute").click();
    await popup.getByTestId("muted").waitFor();
    await reject(popup);
    await popup.close();
    await badgeShows(chromium, "");
    await clear();

    await asked(bank, "Muted");
    await badgeShows(chromium, "1");
    expect(await notified()).toBe(false);
    await asked(await newKey(), "Heard");
    await badgeShows(chromium, "2");
    await waitUntil("a notification", 10_000, async () => ((await notified()) ? true : undefined));
    const both = await shown("Heard");
    await reject(both);
    await both.getByTestId("next").click();
    await expectHeading(both, "Muted");
    await reject(both);
    await both.close();
    await clear();

    const page = await settings();
    await page.getByTestId("muted").filter({ hasText: BANK }).waitFor();
    await page.getByTestId("unmute").click();
    await page.getByTestId("muted").filter({ hasText: "Nobody is muted" }).waitFor();
    await asked(bank, "Loud again");
    await badgeShows(chromium, "1");
    await waitUntil("a notification", 10_000, async () => ((await notified()) ? true : undefined));
    await reject(await shown("Loud again"));
  });

  test("is one of many where the user chose that only pinned senders, or nobody, bring a notification", async () => {
    const page = await settings();
    const friend = await newKey();
    await pin("friend@ethel.example", friend.kid);
    await clear();
    for (const choice of ["pinned", "off", "on"]) {
      await page.getByTestId("notifications").selectOption(choice);
      await expect
        .poll(() => page.evaluate("chrome.storage.local.get('notifications')"))
        .toEqual({
          notifications: choice,
        });
      if (choice === "on") return;
      await asked(await newKey(), "From a stranger");
      await badgeShows(chromium, "1");
      expect(await notified()).toBe(false);
      await asked(friend, "From a friend", "friend@ethel.example");
      await badgeShows(chromium, "2");
      if (choice === "pinned") await waitUntil("a notification", 10_000, async () => (await notified()) || undefined);
      else expect(await notified()).toBe(false);
      const popup = await shown("From a stranger");
      await reject(popup);
      await popup.getByTestId("next").click();
      await expectHeading(popup, "From a friend");
      await reject(popup);
      await popup.close();
      await badgeShows(chromium, "");
      await clear();
    }
  });
});
