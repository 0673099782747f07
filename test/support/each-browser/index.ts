/**
 * One test body for each browser. A file writes its tests once:
 *
 *     describe.each(BROWSERS)("push in %s", (name) => {
 *       const alice = userIn(name);
 *       test("brings a request", async () => {
 *         const { browser, system, kid } = alice();
 *         ...
 *       });
 *     });
 *
 * The browser, a broker of its own and Alice's connected account are made once, before the first test of the `describe`,
 * and gone after its last: launches cost seconds, so tests share them and leave no request behind. `userIn(name, { fresh:
 * true })` makes them anew for each test. Where there is no such browser each test is skipped, and says so. The real
 * popup is `browser.openPopup()`; steps that all tests need are in `steps.ts`. Where only one browser can do a thing,
 * `chromiumOf` and `firefoxOf` give its own driver.
 */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { ChromiumOptions } from "../../../src/demo/browser/chromium.ts";
import { findChromium, findFirefox } from "../../../src/demo/prepare/browsers.mjs";
import { type BrokerArgs, System } from "../system.ts";
import type { BrowserName, TestBrowser } from "./browser.ts";
import { startChromium } from "./chromium.ts";
import { startFirefox } from "./firefox.ts";
import { connect } from "./steps.ts";

export type { BrowserName, Notification, TestBrowser, TestPopup, TestTab, Theme } from "./browser.ts";
export { chromiumOf } from "./chromium.ts";
export { firefoxOf } from "./firefox.ts";
export { PATIENCE_MS, POPUP_PAGE } from "./popup-text.ts";
export {
  acceptIn,
  badgeIs,
  clearAlarms,
  connect,
  giveFile,
  lookAt,
  press,
  rejectIn,
  ringAlarm,
  ringUntilBadge,
} from "./steps.ts";
export { inSettings, readStore, rowsOf, type StoredRow, writeStore } from "./stored.ts";
export { OPTIONS_PAGE, testid } from "../../../src/demo/launcher/co-browser.ts";

export const BROWSERS: readonly BrowserName[] = ["Chromium", "Firefox"];
export const ALICE = "alice@localhost";

export interface UserOptions {
  /** The broker's policy, as `System.start` takes it. */
  readonly policy?: object;
  /** More options of the broker. */
  readonly brokerArgs?: BrokerArgs;
  /** Everything anew for each test. */
  readonly fresh?: boolean;
  /** Whether Alice's account is connected; default true. */
  readonly connected?: boolean;
  /** The profile's folder, which stays; a new one where it says none. */
  readonly profile?: () => string | undefined;
  /** The browser's language, a BCP 47 tag. */
  readonly language?: string;
  /** More for Chromium's launch; not for Firefox. */
  readonly chromium?: Partial<ChromiumOptions>;
}

export interface UserInBrowser {
  readonly browser: TestBrowser;
  readonly system: System;
  /** The fingerprint of the browser's device; empty where it is not connected. */
  readonly kid: string;
}

/** Why tests in a browser are skipped on this machine; undefined where they run. */
export function missing(name: BrowserName): string | undefined {
  const found = name === "Chromium" ? findChromium() : findFirefox();
  return found === undefined ? `no ${name} on this machine` : undefined;
}

/** Starts a browser with the extension in an empty profile; the caller closes it. */
export function startBrowser(name: BrowserName, options: Partial<ChromiumOptions> = {}): Promise<TestBrowser> {
  return name === "Chromium" ? startChromium(options) : startFirefox(options.profile, options.locale);
}

/** Sits Alice down in front of a browser, for the tests of this `describe`; what is returned says who is there now. */
export function userIn(name: BrowserName, options: UserOptions = {}): () => UserInBrowser {
  let user: UserInBrowser | undefined;
  const come = async (): Promise<void> => {
    if (missing(name) === undefined) user = await openUser(name, options);
  };
  const go = async (): Promise<void> => {
    await Promise.all([user?.browser.close(), user?.system.close()]);
    user = undefined;
  };
  beforeEach(({ skip }) => {
    const reason = missing(name);
    if (reason !== undefined) skip(reason);
  });
  if (options.fresh === true) {
    beforeEach(come);
    afterEach(go);
  } else {
    beforeAll(come);
    afterAll(go);
  }
  return () => {
    if (user === undefined) throw new Error(`Nobody sits in front of ${name}.`);
    return user;
  };
}

async function openUser(name: BrowserName, options: UserOptions): Promise<UserInBrowser> {
  const system = await System.start(options.policy, options.brokerArgs);
  try {
    const { language, chromium } = options;
    const profile = options.profile?.();
    const browser = await startBrowser(name, {
      ...(language === undefined ? {} : { locale: language }),
      ...chromium,
      ...(profile === undefined ? {} : { profile }),
    });
    try {
      const kid = options.connected === false ? "" : await connect(browser, system, ALICE);
      return { browser, system, kid };
    } catch (error) {
      await browser.close();
      throw error;
    }
  } catch (error) {
    await system.close();
    throw error;
  }
}
