/** Firefox as the demo uses it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Firefox } from "../browser/firefox.ts";
import type { FirefoxTab } from "../browser/firefox-tab.ts";
import { badgePage } from "./badge-page.ts";
import { type CoBrowser, collapsed, OPTIONS_PAGE, type Popup, type Tab } from "./co-browser.ts";
import { endByForce } from "./end-by-force.ts";
import { expect } from "./expect.ts";
import { lookAway, lookBack } from "./looking-away.ts";
import { PLACE } from "./place.ts";

const CLOSE_MS = 4000;

export async function startFirefox(executable: string, profile: string, headless: boolean): Promise<CoBrowser> {
  const firefox = await Firefox.launch({ extension: PLACE.firefox, profile, executable, headless });
  return {
    name: "Firefox",
    openTab: async (url) => tabOf(await firefox.openTab(url)),
    openOptions: async () => tabOf(await firefox.openPage(OPTIONS_PAGE)),
    openPopup: async () => {
      await firefox.openPopup();
      return popupOf(firefox);
    },
    badge: () => firefox.badge(),
    pictureBadge: async (file) => {
      const icon = await readFile(join(PLACE.firefox, "icons/48.png"));
      const page = Buffer.from(badgePage(icon, await firefox.badge())).toString("base64");
      const tab = await firefox.openTab(`data:text/html;charset=utf-8;base64,${page}`);
      await tab.screenshot(file);
      await tab.close();
      return "drawn from what the toolbar button has as its badge; without a window there is no toolbar to picture";
    },
    remote: () => Promise.resolve(undefined),
    closed: firefox.closed,
    close: () => endByForce(() => firefox.close(), firefox.closed, firefox.pid, CLOSE_MS),
  };
}

/** A tab of Firefox as any browser's. */
export function tabOf(tab: FirefoxTab): Tab {
  /** What is clicked and typed goes to the tab in front. */
  async function inFront(work: () => Promise<void>): Promise<void> {
    await tab.activate();
    await work();
  }
  return {
    goto: (url) => tab.goto(url),
    text: async (selector, expected) => collapsed(await tab.text(selector, expected)),
    click: (selector) => inFront(() => tab.click(selector)),
    type: (selector, text) => inFront(() => tab.type(selector, text)),
    choose: (selector, label) =>
      inFront(async () => {
        await tab.text(selector, label);
        await tab.evaluate((css) => document.querySelector<HTMLElement>(css)?.focus(), selector);
        await tab.press(...label);
        const chosen = await tab.evaluate((css) => {
          const list = document.querySelector<HTMLSelectElement>(css);
          return list?.selectedOptions[0]?.textContent;
        }, selector);
        expect(chosen === label, `"${label}" could not be chosen.`);
      }),
    // A click would ask where to save it.
    download: async (selector, file) => {
      const text = await tab.evaluate(async (css) => {
        const link = document.querySelector<HTMLAnchorElement>(css);
        return link === null ? "" : (await fetch(link.href)).text();
      }, selector);
      await writeFile(file, text);
    },
    screenshot: (file) => tab.screenshot(file),
    close: () => tab.close(),
  };
}

/** Firefox's open popup as any browser's. */
export function popupOf(firefox: Firefox): Popup {
  return {
    texts: async (selector) => {
      const texts = await firefox.inPopup(
        (document, css) => [...document.querySelectorAll(css)].map((element) => element.textContent),
        selector,
      );
      return texts.map(collapsed);
    },
    isLive: (selector) =>
      firefox.inPopup((document, css) => document.querySelector(`${css}:enabled`) !== null, selector),
    click: (selector) => firefox.clickInPopup(selector),
    screenshot: (file) => firefox.snapshotPopup(file),
    lookAway: async () => {
      await firefox.inPopup(lookAway);
      return () => firefox.inPopup(lookBack);
    },
    close: () => firefox.closePopup(),
  };
}
