/** Chromium or Chrome as the demo uses it. */
import { copyFile, mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Chromium } from "../browser/chromium.ts";
import { waitUntil } from "../browser/wait.ts";
import { badgePage } from "./badge-page.ts";
import { type CoBrowser, collapsed, OPTIONS_PAGE, type Popup, type Tab } from "./co-browser.ts";
import { endByForce } from "./end-by-force.ts";
import { lookAway, lookBack } from "./looking-away.ts";
import { PLACE } from "./place.ts";
import { showButton } from "./show-button.ts";

const PATIENCE_MS = 20_000;
const CLOSE_MS = 4000;
const OPENS_MS = 3000;

export async function startChromium(executable: string, profile: string, headless: boolean): Promise<CoBrowser> {
  await showButton(PLACE.chrome, profile);
  const chromium = await Chromium.launch({
    ...{ extension: PLACE.chrome, profile, executable, headless, handleSignals: false },
    // A person at the screen needs no program that looks on.
    debuggingPort: headless,
  });
  const { context } = chromium;
  context.setDefaultTimeout(PATIENCE_MS);
  const pid = await processId(chromium);
  const closed = new Promise<void>((resolve) => {
    context.once("close", () => resolve());
  });

  const optionsUrl = chromium.url(OPTIONS_PAGE);

  async function openTab(url: string): Promise<Tab> {
    const page = await context.newPage();
    await page.goto(url);
    return tabOf(page, profile);
  }

  /** The extension opens its options page itself when it is installed. */
  async function openOptions(): Promise<Tab> {
    const opened = await waitUntil("the options page", OPENS_MS, () =>
      Promise.resolve(context.pages().find((page) => page.url() === optionsUrl)),
    ).catch(() => undefined);
    return opened === undefined ? openTab(optionsUrl) : tabOf(opened, profile);
  }

  return {
    name: `Chromium ${context.browser()?.version() ?? ""}`.trim(),
    openTab,
    openOptions,
    openPopup: async () => {
      // The window that had a popup before may not be the active one.
      await context.pages().at(-1)?.bringToFront();
      return popupOf(await chromium.openPopup());
    },
    badge: () => chromium.badge(),
    pictureBadge: async (file) => {
      const page = await context.newPage();
      const icon = await readFile(join(PLACE.chrome, "icons/48.png"));
      await page.setContent(badgePage(icon, await chromium.badge()));
      await page.locator("main").screenshot({ path: file });
      await page.close();
      return "drawn from chrome.action.getBadgeText(); without a window there is no toolbar to picture";
    },
    remote: async () => {
      const [port] = (await readFile(join(profile, "DevToolsActivePort"), "utf8").catch(() => "")).split("\n");
      return port === undefined || port === "" ? undefined : `http://127.0.0.1:${port}`;
    },
    closed,
    close: () => endByForce(() => chromium.close(), closed, pid, CLOSE_MS),
  };
}

async function processId(chromium: Chromium): Promise<number | undefined> {
  const session = await chromium.context.browser()?.newBrowserCDPSession();
  const info = await session?.send("SystemInfo.getProcessInfo");
  await session?.detach();
  return info?.processInfo.find((one) => one.type === "browser")?.id;
}

/** A tab of Chromium as any browser's. @param downloads a folder for what is downloaded */
export function tabOf(page: Page, downloads: string): Tab {
  return {
    goto: async (url) => {
      await page.goto(url);
    },
    text: async (selector, expected = "") => {
      const found = page.locator(selector).filter({ hasText: expected }).first();
      await found.waitFor();
      return collapsed(await found.textContent());
    },
    click: (selector) => page.locator(selector).first().click(),
    type: async (selector, text) => {
      await page.locator(selector).click();
      await page.locator(selector).pressSequentially(text);
    },
    choose: async (selector, label) => {
      await page.locator(selector).selectOption({ label });
    },
    download: async (selector, file) => {
      const folder = await mkdtemp(join(downloads, "download-"));
      // The connection that sees the popup has taken downloads to a folder of its own.
      const session = await page.context().browser()?.newBrowserCDPSession();
      await session?.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
      await page.locator(selector).click();
      const name = await waitUntil("the download", PATIENCE_MS, async () => {
        const names = await readdir(folder);
        // While it comes it has another name; the one that it will have can be there already, empty.
        const [whole] = names.length === 1 ? names.filter((one) => one.endsWith(".json")) : [];
        return whole !== undefined && (await stat(join(folder, whole))).size > 0 ? whole : undefined;
      });
      await copyFile(join(folder, name), file);
      await session?.detach();
    },
    screenshot: async (file) => {
      await page.screenshot({ path: file, fullPage: true });
    },
    close: () => page.close(),
  };
}

/** Chromium's open popup as any browser's. */
export function popupOf(page: Page): Popup {
  return {
    texts: async (selector) => (await page.locator(selector).allTextContents()).map(collapsed),
    isLive: (selector) =>
      page
        .locator(selector)
        .first()
        .isEnabled({ timeout: 1000 })
        .catch(() => false),
    click: (selector) => page.locator(selector).first().click(),
    screenshot: async (file) => {
      await page.screenshot({ path: file });
    },
    lookAway: async () => {
      const document = await page.evaluateHandle(() => window.document);
      await page.evaluate(lookAway, document);
      return () => page.evaluate(lookBack, document);
    },
    close: async () => {
      await page.close().catch(() => undefined);
      await waitUntil("the popup closes", PATIENCE_MS, () => Promise.resolve(page.isClosed() || undefined));
    },
  };
}
