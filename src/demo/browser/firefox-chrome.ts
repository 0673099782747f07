/** What can be reached only from Firefox's own window: the extension's real popup, its badge, its background. */
import { writeFile } from "node:fs/promises";
import type { BidiConnection } from "./bidi.ts";
import { BrowserError } from "./browser-error.ts";
import { callIn } from "./firefox-script.ts";
import {
  BACKGROUND_STATE,
  BADGE,
  CLICK,
  CLICK_NOTIFICATION,
  CLOSE_POPUP,
  DRAW_NOTIFICATIONS,
  IDLE_AFTER,
  IN_POPUP,
  IS_POPUP_GONE,
  OPEN_POPUP,
  PRESS,
  SET_LANGUAGE,
  SET_THEME,
  SHOWN_ADDRESS,
  SMALL_WINDOWS,
  SNAPSHOT,
  TERMINATE,
} from "./firefox-window-scripts.ts";
import { at, callElsewhere } from "./parse-reply.ts";
import { waitUntil } from "./wait.ts";

const PATIENCE = 10_000;
const BROWSER_WINDOW = "chrome://browser/content/browser.xhtml";

export class FirefoxChrome {
  readonly #bidi: BidiConnection;
  readonly #window: string;
  readonly #extensionId: string;
  #calls = 0;

  private constructor(bidi: BidiConnection, window: string, extensionId: string) {
    this.#bidi = bidi;
    this.#window = window;
    this.#extensionId = extensionId;
  }

  /** Finds the browser's window. */
  static async attach(bidi: BidiConnection, extensionId: string): Promise<FirefoxChrome> {
    const window = await waitUntil("Firefox's window", PATIENCE, async () => {
      const tree = await bidi.send("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
      const contexts = at(tree, "contexts");
      const windows: readonly unknown[] = Array.isArray(contexts) ? contexts : [];
      const main = windows.find((window) => at(window, "url") === BROWSER_WINDOW);
      const context = at(main, "context");
      return typeof context === "string" ? context : undefined;
    });
    return new FirefoxChrome(bidi, window, extensionId);
  }

  /**
   * Opens the toolbar's popup, where it is not open, and waits for its page.
   *
   * @throws {BrowserError} `no_popup`
   */
  async openPopup(url: string): Promise<void> {
    if ((await this.#call(SHOWN_ADDRESS)) !== url) await this.#call(OPEN_POPUP, this.#extensionId);
    try {
      await waitUntil("the popup", PATIENCE, async () => {
        if ((await this.#call(SHOWN_ADDRESS)) !== url) return undefined;
        // A popup that was open can close while it is asked.
        const ready = await this.inPopup((document) => document.readyState).catch(() => undefined);
        return ready === "complete" ? true : undefined;
      });
    } catch (error) {
      if (!(error instanceof BrowserError) || error.code !== "timeout") throw error;
      throw new BrowserError("no_popup", "The popup did not open, or closed at once.");
    }
  }

  /** Closes the popup and waits until it is gone: one that is still going cannot be opened again. */
  async closePopup(): Promise<void> {
    await this.#call(CLOSE_POPUP);
    await waitUntil("the popup closes", PATIENCE, async () =>
      (await this.#call(IS_POPUP_GONE)) === "yes" ? true : undefined,
    );
  }

  /** Runs a function in the popup; it gets the popup's document, then its arguments, which travel as JSON. */
  inPopup<Args extends readonly unknown[], Result>(
    script: (document: Document, ...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    return callElsewhere(script, (source) => this.#popup(source, args));
  }

  /**
   * Clicks the middle of an element of the popup with the pointer.
   *
   * @throws {BrowserError} `command` when there is no such element
   */
  async clickInPopup(selector: string): Promise<void> {
    await this.#popup(CLICK, [selector]);
  }

  /** Presses keys in the popup, one after the other: `Enter`, `Tab`, `Space`, or a character. */
  async pressInPopup(keys: readonly string[]): Promise<void> {
    await this.#popup(PRESS, keys);
  }

  /** Whether Firefox draws its notifications itself from now on; at first it does not. */
  async drawNotifications(draws: boolean): Promise<void> {
    await this.#call(DRAW_NOTIFICATIONS, draws);
  }

  /** How long a background stays that does nothing, in milliseconds; at first 30 seconds. */
  async idleAfter(ms: number): Promise<void> {
    await this.#call(IDLE_AFTER, ms);
  }

  /** Clicks the notification that is on the screen. @throws {BrowserError} `command` where there is none */
  async clickNotification(): Promise<void> {
    await this.#call(CLICK_NOTIFICATION);
  }

  /** Whether the popup is open, or stands in a window of its own. */
  async isPopupShown(url: string): Promise<boolean> {
    return (await this.#call(SHOWN_ADDRESS)) === url || (await this.#call(SMALL_WINDOWS, url)) !== "0";
  }

  /** Writes a PNG of the popup to a file. */
  async snapshotPopup(file: string): Promise<void> {
    await writeFile(file, Buffer.from(await this.#call(SNAPSHOT), "base64"));
  }

  /** Tells pages from now on, and the popup that is open, that the user has a light or a dark theme. */
  async setTheme(theme: "light" | "dark"): Promise<void> {
    await this.#call(SET_THEME, theme);
  }

  /** Takes a language as the browser's own, for what is loaded after. @param language - a BCP 47 tag */
  async setLanguage(language: string): Promise<void> {
    await this.#call(SET_LANGUAGE, language);
  }

  /** The text drawn on the toolbar button. */
  badge(): Promise<string> {
    return this.#call(BADGE, this.#extensionId);
  }

  /** `running`, `stopped`, `suspending` or `starting`. */
  backgroundState(): Promise<string> {
    return this.#call(BACKGROUND_STATE, this.#extensionId);
  }

  /** Stops the event page at once, as Firefox does with one that idles; an open popup stays open. */
  async terminateBackground(): Promise<void> {
    await this.#call(TERMINATE, this.#extensionId);
  }

  #popup(source: string, args: readonly unknown[]): Promise<string> {
    this.#calls += 1;
    const name = `mesh-confirm:${this.#calls}`;
    return callIn(this.#bidi, this.#window, IN_POPUP, [source, args, name]);
  }

  /** The text that a function of this file returns in the window, the empty one when it returns none. */
  async #call(source: string, ...args: readonly unknown[]): Promise<string> {
    const json = await callIn(this.#bidi, this.#window, source, args);
    const result: unknown = json === "" ? "" : JSON.parse(json);
    return typeof result === "string" ? result : "";
  }
}
