/** Chromium as any browser of the tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Chromium, ChromiumOptions } from "../../../src/demo/browser/chromium.ts";
import { callElsewhere } from "../../../src/demo/browser/parse-reply.ts";
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import { popupOf, tabOf } from "../../../src/demo/launcher/chromium-co-browser.ts";
import { OPTIONS_PAGE } from "../../../src/demo/launcher/co-browser.ts";
import { launchChromium } from "../chromium.ts";
import { accessibilityTree } from "./accessibility-tree.ts";
import { axeIn } from "./axe.ts";
import type { Looked, Notification, TestBrowser, TestPopup, TestTab } from "./browser.ts";
import { PATIENCE_MS, POPUP_PAGE, textIn } from "./popup-text.ts";

const WATCH = `(() => {
  const create = chrome.notifications.create.bind(chrome.notifications);
  chrome.notifications.create = (...args) => {
    globalThis.lastNotification = args.find((arg) => typeof arg === "object");
    return create(...args);
  };
})()`;

const drivers = new WeakMap<TestBrowser, () => Chromium>();

/** Chromium's own driver. @throws Error where it is another browser */
export function chromiumOf(browser: TestBrowser): Chromium {
  const driver = drivers.get(browser);
  if (driver === undefined) throw new Error(`${browser.name} is not Chromium.`);
  return driver();
}

/** Starts Chromium on a profile that lasts until it is closed. */
export async function startChromium(options: Partial<ChromiumOptions> = {}): Promise<TestBrowser> {
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), "mesh-confirm-profile-")));
  const launch = (): Promise<Chromium> => launchChromium({ ...options, profile });
  let chromium = await launch();
  const targets = async (type: string, path: string): Promise<number> => {
    const session = await chromium.context.browser()?.newBrowserCDPSession();
    const { targetInfos } = (await session?.send("Target.getTargets")) ?? { targetInfos: [] };
    await session?.detach();
    return targetInfos.filter((target) => target.type === type && target.url.startsWith(chromium.url(path))).length;
  };
  const openTab = async (url: string): Promise<TestTab> => {
    const page = await chromium.context.newPage();
    await page.goto(url);
    return {
      ...tabOf(page, profile),
      ...lookedAt(page),
      evaluate: (script, ...args) => callInPage(page, script, "", args),
    };
  };
  const browser: TestBrowser = {
    name: "Chromium",
    url: (path) => chromium.url(path),
    openTab,
    openOptions: () => openTab(chromium.url(OPTIONS_PAGE)),
    openPopup: async () => testPopup(await chromium.openPopup()),
    badge: () => chromium.badge(),
    isPopupShown: async () => (await targets("page", POPUP_PAGE)) > 0,
    isBackgroundRunning: async () => (await targets("service_worker", "")) > 0,
    stopBackground: async () => {
      await chromium.killWorker();
      await waitUntil("the worker is gone", PATIENCE_MS, async () =>
        (await targets("service_worker", "")) === 0 ? true : undefined,
      );
    },
    watchNotifications: async () => {
      await (await chromium.worker()).evaluate(WATCH);
    },
    notification: async () => {
      const last = await (await chromium.worker()).evaluate("globalThis.lastNotification");
      return last === undefined ? undefined : (last as Notification);
    },
    // Without a desktop nothing is drawn that could be clicked: this is what the browser does when it is.
    clickNotification: async () => {
      const worker = await chromium.worker();
      await worker.evaluate(`chrome.notifications.getAll().then((all) =>
        Object.keys(all).forEach((id) => chrome.notifications.onClicked.dispatch(id)))`);
    },
    restart: async () => {
      await chromium.close();
      chromium = await launch();
    },
    close: async () => {
      await chromium.close();
      if (options.profile === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  drivers.set(browser, () => chromium);
  return browser;
}

/** Calls a function in a page as elsewhere: its arguments and its result travel as JSON. */
function callInPage<Script extends (...args: never) => unknown>(
  page: Page,
  script: Script,
  before: string,
  args: readonly unknown[],
): Promise<Awaited<ReturnType<Script>>> {
  return callElsewhere(script, async (source) => {
    const call = `(${source})(${[before, ...args.map((arg) => JSON.stringify(arg))].filter(Boolean).join(", ")})`;
    return String(await page.evaluate(`(async () => JSON.stringify(await ${call}) ?? "")()`));
  });
}

function lookedAt(page: Page): Looked {
  return {
    violations: (rule) => callInPage(page, axeIn, "document", [rule ?? null]),
    tree: () => accessibilityTree(page),
    setTheme: (theme) => page.emulateMedia({ colorScheme: theme }),
  };
}

function testPopup(page: Page): TestPopup {
  const popup = popupOf(page);
  return {
    ...popup,
    ...lookedAt(page),
    text: textIn(popup),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    evaluate: (script, ...args) => callInPage(page, script, "document", args),
  };
}
