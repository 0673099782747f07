/** A browser with the extension in it, whichever it is, as tests use it: what the demo does with one, and more to look at. */
import type { CoBrowser, Popup, Tab } from "../../../src/demo/launcher/co-browser.ts";

export type BrowserName = "Chromium" | "Firefox";

/** What the tests of every state look at, in a tab as in the popup. */
export interface Looked {
  /** Which of axe-core's rules the page breaks, and where. @param rule - the only one to be looked at */
  readonly violations: (rule?: string) => Promise<readonly string[]>;
  /** The page as a screen reader is given it; Chromium alone tells. */
  readonly tree?: () => Promise<string>;
  readonly setTheme: (theme: Theme) => Promise<void>;
}

export type Theme = "light" | "dark";

export interface TestTab extends Tab, Looked {
  /** Runs a function in the page. It sees the page's globals and its arguments alone, which travel as JSON. */
  readonly evaluate: <Args extends readonly unknown[], Result>(
    script: (...args: Args) => Result,
    ...args: Args
  ) => Promise<Awaited<Result>>;
}

/** The real popup of the toolbar. */
export interface TestPopup extends Popup, Looked {
  /** Waits for an element whose text contains `expected`; its whole text, white space collapsed. */
  readonly text: (selector: string, expected?: string) => Promise<string>;
  /** Presses keys one after the other: `Enter`, `Tab`, `Space`, or a character. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** Runs a function in the popup. It gets the document, then its arguments, and sees nothing else. */
  readonly evaluate: <Args extends readonly unknown[], Result>(
    script: (document: Document, ...args: Args) => Result,
    ...args: Args
  ) => Promise<Awaited<Result>>;
}

export interface Notification {
  readonly title: string;
  readonly message: string;
}

export interface TestBrowser extends Pick<CoBrowser, "badge" | "close"> {
  readonly name: BrowserName;
  /** The address of one of the extension's own pages or files. */
  readonly url: (path: string) => string;
  readonly openTab: (url: string) => Promise<TestTab>;
  /** Opens the settings page in a tab of its own: there `(globalThis.browser ?? chrome)` has the extension's rights. */
  readonly openOptions: () => Promise<TestTab>;
  /** Opens the popup, or finds the one that is open; wakes the background. */
  readonly openPopup: () => Promise<TestPopup>;
  /** Whether the popup's page is on the screen, whoever opened it: as the popup, or in a small window. */
  readonly isPopupShown: () => Promise<boolean>;
  readonly isBackgroundRunning: () => Promise<boolean>;
  /** Stops the background at once, as the browser does with one that idles; an open popup stays open. */
  readonly stopBackground: () => Promise<void>;
  /** The notification that the background showed last since {@link watchNotifications}. */
  readonly notification: () => Promise<Notification | undefined>;
  /** Notes what the background shows from now on, until it stops or one was clicked. */
  readonly watchNotifications: () => Promise<void>;
  /** Clicks the notification. */
  readonly clickNotification: () => Promise<void>;
  /** Ends the browser and starts another one on the same profile, where the extension is installed already. */
  readonly restart: () => Promise<void>;
}
