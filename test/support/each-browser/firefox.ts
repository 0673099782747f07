/** Firefox as any browser of the tests. Its extension is kept in the profile, as a user's is: it outlives a restart. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Firefox } from "../../../src/demo/browser/firefox.ts";
import type { FirefoxTab } from "../../../src/demo/browser/firefox-tab.ts";
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import { OPTIONS_PAGE } from "../../../src/demo/launcher/co-browser.ts";
import { popupOf, tabOf } from "../../../src/demo/launcher/firefox-co-browser.ts";
import { launchFirefox } from "../firefox.ts";
import { archiveOf } from "../packages.ts";
import { axeIn } from "./axe.ts";
import type { Notification, TestBrowser, TestPopup, TestTab } from "./browser.ts";
import { PATIENCE_MS, textIn } from "./popup-text.ts";

const drivers = new WeakMap<TestBrowser, () => Firefox>();

/** Firefox's own driver. @throws Error where it is another browser */
export function firefoxOf(browser: TestBrowser): Firefox {
  const driver = drivers.get(browser);
  if (driver === undefined) throw new Error(`${browser.name} is not Firefox.`);
  return driver();
}

/** Starts Firefox on a profile that lasts until it is closed, or on one that is kept. @param language - a BCP 47 tag */
export async function startFirefox(kept?: string, language?: string): Promise<TestBrowser> {
  const profile = kept ?? (await mkdtemp(join(tmpdir(), "mesh-confirm-profile-")));
  const speaks = language === undefined ? {} : { language };
  let firefox = await launchFirefox({ profile, installation: "kept", archive: archiveOf("firefox"), ...speaks });
  const browser: TestBrowser = {
    name: "Firefox",
    url: (path) => firefox.url(path),
    openTab: async (url) => testTab(firefox, await firefox.openTab(url)),
    openOptions: async () => testTab(firefox, await firefox.openPage(OPTIONS_PAGE)),
    openPopup: async () => {
      await firefox.openPopup();
      return testPopup(firefox);
    },
    badge: () => firefox.badge(),
    isPopupShown: () => firefox.isPopupShown(),
    isBackgroundRunning: async () => (await firefox.backgroundState()) === "running",
    stopBackground: async () => {
      await firefox.terminateBackground();
      await waitUntil("the event page is gone", PATIENCE_MS, async () =>
        (await firefox.backgroundState()) === "stopped" ? true : undefined,
      );
    },
    watchNotifications: () => firefox.drawNotifications(true),
    notification: async () => {
      const tab = await firefox.openPage(OPTIONS_PAGE);
      const all = await tab.evaluate(async () => {
        const { browser } = globalThis as unknown as {
          readonly browser: {
            readonly notifications: { readonly getAll: () => Promise<Record<string, Notification>> };
          };
        };
        return Object.values(await browser.notifications.getAll());
      });
      await tab.close();
      return all[0];
    },
    clickNotification: async () => {
      await firefox.clickNotification();
      await firefox.drawNotifications(false);
    },
    restart: async () => {
      await firefox.close();
      firefox = await launchFirefox({ profile, installation: "already", ...speaks });
    },
    close: async () => {
      await firefox.close();
      if (kept === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
  drivers.set(browser, () => firefox);
  return browser;
}

function testTab(firefox: Firefox, tab: FirefoxTab): TestTab {
  return {
    ...tabOf(tab),
    evaluate: (script, ...args) => tab.evaluate(script, ...args),
    violations: (rule) => tab.evaluate(axeIn, null, rule ?? null),
    setTheme: (theme) => firefox.setTheme(theme),
  };
}

function testPopup(firefox: Firefox): TestPopup {
  const popup = popupOf(firefox);
  return {
    ...popup,
    violations: (rule) => firefox.inPopup(axeIn, rule ?? null),
    setTheme: (theme) => firefox.setTheme(theme),
    text: textIn(popup),
    press: (...keys) => firefox.pressInPopup(...keys),
    evaluate: (script, ...args) => firefox.inPopup(script, ...args),
  };
}
