/**
 * What can be reached only from Firefox's own window: the extension's real popup, its badge, its background. The
 * functions below run there, where `Services`, `ChromeUtils` and the toolbar are; TypeScript does not know them.
 */
import { writeFile } from "node:fs/promises";
import type { BidiConnection } from "./bidi.ts";
import { BrowserError } from "./browser-error.ts";
import { callIn } from "./firefox-script.ts";
import { at, callElsewhere } from "./parse-reply.ts";
import { waitUntil } from "./wait.ts";

const PATIENCE = 10_000;
const BROWSER_WINDOW = "chrome://browser/content/browser.xhtml";

const EXTENSION = "const extension = WebExtensionPolicy.getByID(id).extension;";
const PARENT =
  'const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");';
const ACTION = `${EXTENSION} ${PARENT} const action = ExtensionParent.apiManager.global.browserActionFor(extension);`;
/** Firefox loads a popup in a hidden panel first and then moves it: what is asked of the first is never answered. */
const POPUP = `const popup = document.querySelector("panelview browser[webextension-view-type=popup]");`;

const OPEN_POPUP = `async (id) => { ${ACTION} await action.openPopup(window, true); }`;
const CLOSE_POPUP = `() => { ${POPUP} popup?.closest("panel")?.hidePopup(); }`;
const SHOWN_ADDRESS = `() => { ${POPUP}
  return popup?.closest("panel").state === "open" ? popup.currentURI?.spec : undefined;
}`;
const IS_POPUP_GONE = `() => { ${POPUP} return popup ? "" : "yes"; }`;
const BADGE = `(id) => { ${ACTION}
  const widget = action.widget.forWindow(window).node;
  return widget.querySelector(".toolbarbutton-badge, .unified-extensions-item-action-button")?.getAttribute("value")
    ?? widget.querySelector("[badge]")?.getAttribute("badge") ?? widget.getAttribute("badge") ?? "";
}`;
const BACKGROUND_STATE = `(id) => { ${EXTENSION} return extension.backgroundState; }`;
const TERMINATE = `async (id) => { ${EXTENSION} await extension.terminateBackground({ ignoreDevToolsAttached: true }); }`;

/** Runs in the popup's process, where `content` is its window; the answer comes back as a message. */
const IN_POPUP = `(source, args, name) => new Promise((resolve, reject) => { ${POPUP}
  if (!popup) throw new Error("no popup");
  const manager = popup.messageManager;
  const watch = setInterval(() => {
    if (popup.isConnected && popup.messageManager === manager) return;
    clearInterval(watch);
    reject(new Error("the popup closed"));
  }, 100);
  manager.addMessageListener(name, function listener({ data }) {
    clearInterval(watch);
    manager.removeMessageListener(name, listener);
    if (data.error === undefined) resolve(data.json === "" ? undefined : JSON.parse(data.json));
    else reject(new Error(data.error));
  });
  const script = \`(async () => {
    try {
      const { document, window } = { document: content.document, window: content };
      const result = await (\${source})(document, ...\${JSON.stringify(args)});
      sendAsyncMessage(\${JSON.stringify(name)}, { json: JSON.stringify(result) ?? "" });
    } catch (error) {
      sendAsyncMessage(\${JSON.stringify(name)}, { error: String(error) });
    }
  })()\`;
  manager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(script), false);
})`;

/** Input of the window itself: the page cannot tell it from a user's, nor does it take any other. */
const CLICK = `(document, css) => {
  const element = document.querySelector(css);
  if (!element) throw new Error("no " + css);
  element.scrollIntoView({ block: "center" });
  const { left, top, width, height } = element.getBoundingClientRect();
  const view = document.defaultView;
  for (const type of ["mousemove", "mousedown", "mouseup"]) {
    const [x, y, buttons] = [left + width / 2, top + height / 2, type === "mousedown" ? 1 : 0];
    // Older versions have the other one.
    if (view.synthesizeMouseEvent) view.synthesizeMouseEvent(type, x, y, { button: 0, buttons, clickCount: 1 }, {});
    else view.windowUtils.sendMouseEvent(type, x, y, 0, 1, 0);
  }
}`;

/** Keys of the window itself, by their names in the DOM; one character is the key that writes it. */
const PRESS = `(document, ...keys) => {
  const view = document.defaultView;
  const input = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
  if (!input.beginInputTransactionForTests(view)) throw new Error("the popup takes no keys");
  for (const key of keys) {
    const code = key === " " ? "Space" : key.length === 1 ? "" : key;
    const event = new view.KeyboardEvent("", { key: key === "Space" ? " " : key, code });
    input.keydown(event);
    input.keyup(event);
  }
}`;

/**
 * Where the system draws no notifications, Firefox can: in windows of its own, which take the focus of the one that has the
 * popup and do not give it back. So it draws none until it is told to.
 */
const IDLE_AFTER = `(ms) => Services.prefs.setIntPref("extensions.background.idle.timeout", ms)`;
const DRAW_NOTIFICATIONS = '(draws) => { Services.prefs.setBoolPref("alerts.useSystemBackend", !draws); }';

/** What pages are told of the user's colours: 0 is dark, 1 is light. */
const SET_THEME = `(theme) => { ${POPUP}
  Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", theme === "dark" ? 0 : 1);
  // A popup has the colours of the window that it hangs in.
  if (popup) popup.browsingContext.prefersColorSchemeOverride = theme;
}`;

/** Firefox asks only the languages that it has packs of; an extension brings its own words. */
const SET_LANGUAGE = `(language) => {
  Services.locale.availableLocales = [...new Set([language, "en-US"])];
  Services.locale.requestedLocales = [language];
}`;

const CLICK_NOTIFICATION = `() => {
  const alert = Services.wm.getMostRecentWindow("alert:alert");
  if (!alert) throw new Error("no notification");
  alert.onAlertClick();
}`;

const SMALL_WINDOWS = `(url) => {
  const windows = [...Services.wm.getEnumerator("navigator:browser")];
  return JSON.stringify(windows.filter((one) => one !== window && one.gBrowser?.currentURI.spec === url).length);
}`;

const SNAPSHOT = `async () => { ${POPUP}
  const bitmap = await popup.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  return bytes.toBase64();
}`;

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
