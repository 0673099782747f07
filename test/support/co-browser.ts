/** The extension in Chromium, used as a person would: connect an account by typing, open the popup, press its buttons. */
import { expect } from "vitest";
import type { Page } from "playwright-core";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import type { System } from "./system.ts";

const OPTIONS = "src/extension/options/index.html";

/** Connects an account on the options page; the device's fingerprint, as the page shows it. */
export async function enrol(chromium: Chromium, system: System, account: string): Promise<string> {
  const code = await system.code(account);
  const page = await chromium.openPage(OPTIONS);
  await page.getByTestId("account").fill(account);
  await page.getByTestId("code").fill(code);
  await page.getByTestId("broker").fill(system.origin);
  await page.getByTestId("connect").click();
  const fingerprint = page.getByTestId("fingerprint").first();
  await fingerprint.waitFor();
  const kid = (await fingerprint.innerText()).replace(/\s+/g, "");
  await page.close();
  return kid;
}

/** Waits until the badge shows `text`. */
export async function badgeShows(chromium: Chromium, text: string, timeout = 20_000): Promise<void> {
  await waitUntil(`the badge shows "${text}"`, timeout, async () =>
    (await chromium.badge()) === text ? true : undefined,
  );
}

/** Opens the real popup and waits for a request with this heading. */
export async function openRequest(chromium: Chromium, heading: string): Promise<Page> {
  const popup = await chromium.openPopup();
  await expectHeading(popup, heading);
  return popup;
}

export async function expectHeading(popup: Page, heading: string): Promise<void> {
  await popup.getByTestId("heading").filter({ hasText: heading }).waitFor({ timeout: 15_000 });
}

/** Ticks "I expected this" and presses Accept as soon as it is armed. */
export async function accept(popup: Page): Promise<void> {
  const tick = popup.getByTestId("expected");
  if ((await tick.count()) > 0) await tick.check();
  await armed(popup);
  await popup.getByTestId("accept").click();
}

/** Waits until Accept is live. */
export async function armed(popup: Page): Promise<void> {
  await waitUntil("Accept is armed", 10_000, async () =>
    (await popup.getByTestId("accept").isEnabled()) ? true : undefined,
  );
}

/** The result that stays until Next. */
export async function resultShown(popup: Page): Promise<void> {
  await popup.getByTestId("next").waitFor({ timeout: 15_000 });
  expect(await popup.getByTestId("accept").count()).toBe(0);
}
