/**
 * A Firefox with the extension loaded, driven over WebDriver BiDi: tabs as a user would, the real popup from the
 * browser's own window. The extension's address is fixed by a preference, so that its pages can be opened by name.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { findFirefox } from "../prepare/browsers.mjs";
import { BidiConnection } from "./bidi.ts";
import { BrowserError } from "./browser-error.ts";
import { readExtensionFolder } from "./extension-folder.ts";
import { FirefoxChrome } from "./firefox-chrome.ts";
import { copyCompiled, kill, listeningAddress, prepareProfile, startProcess, UUID } from "./firefox-process.ts";
import { FirefoxTab } from "./firefox-tab.ts";
import { textAt } from "./parse-reply.ts";
import { openProfile } from "./profile.ts";
import type { Profile } from "./profile.ts";

export interface FirefoxOptions {
  /** The folder of the built extension, for instance `dist/firefox`. */
  readonly extension: string;
  /**
   * `temporary`: for as long as the browser runs. `kept`: in the profile, which needs the extension's archive and a
   * Firefox that asks for no signature. `already`: it was kept there before. Default: `temporary`.
   */
  readonly installation?: "temporary" | "kept" | "already";
  /** The extension's archive, for `kept`. */
  readonly archive?: string;
  /** A profile folder to keep; without it a temporary one is made, and removed by `close`. */
  readonly profile?: string;
  /** The browser's path; without it the one that `findFirefox` finds. */
  readonly executable?: string;
  /** Without a window on a display; default true. */
  readonly headless?: boolean;
  /** The language of the browser, a BCP 47 tag. */
  readonly language?: string;
  /** A profile that a Firefox was closed on: of it a new one takes what that one compiled of its own scripts, and no more. */
  readonly compiled?: string;
}

const CLOSE_PATIENCE = 5_000;

export class Firefox {
  /** Resolves when the browser has ended. */
  readonly closed: Promise<void>;
  readonly #process: ChildProcess;
  readonly #bidi: BidiConnection;
  readonly #chrome: FirefoxChrome;
  readonly #profile: Profile;
  readonly #popupPath: string;

  private constructor(
    child: ChildProcess,
    bidi: BidiConnection,
    chrome: FirefoxChrome,
    profile: Profile,
    popupPath: string,
  ) {
    this.#process = child;
    this.#bidi = bidi;
    this.#chrome = chrome;
    this.#profile = profile;
    this.#popupPath = popupPath;
    this.closed = once(child, "exit").then(() => undefined);
  }

  /** The main process. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Starts the browser and installs the extension; leaves nothing behind when that fails.
   *
   * @throws {BrowserError} `no_browser`, `no_extension`
   */
  static async launch(options: FirefoxOptions): Promise<Firefox> {
    const { popup, geckoId } = await readExtensionFolder(options.extension);
    if (geckoId === undefined) throw new BrowserError("no_extension", `${options.extension} is no build for Firefox.`);
    const executable = options.executable ?? findFirefox();
    if (executable === undefined) throw new BrowserError("no_browser", "No Firefox on this machine.");
    const profile = await openProfile(options.profile);
    let child: ChildProcess | undefined;
    let bidi: BidiConnection | undefined;
    try {
      if (profile.empty && options.compiled !== undefined) await copyCompiled(options.compiled, profile.path);
      await prepareProfile(profile.path, geckoId);
      child = startProcess(executable, profile.path, options.headless ?? true);
      bidi = await BidiConnection.connect(await listeningAddress(child, profile.path));
      await bidi.send("session.new", { capabilities: {} });
      const chrome = await FirefoxChrome.attach(bidi, geckoId);
      if (options.language !== undefined) await chrome.setLanguage(options.language);
      await install(bidi, options);
      return new Firefox(child, bidi, chrome, profile, popup);
    } catch (error) {
      bidi?.close();
      if (child !== undefined) await kill(child);
      await profile.discard();
      throw error;
    }
  }

  /** The address of one of the extension's own pages. */
  url(path: string): string {
    return `moz-extension://${UUID}/${path}`;
  }

  /** Installs one more extension, from a folder, for as long as the browser runs. */
  async installAnother(folder: string): Promise<void> {
    await install(this.#bidi, { extension: folder });
  }

  /** Opens an address in a new tab. */
  async openTab(url: string): Promise<FirefoxTab> {
    const reply = await this.#bidi.send("browsingContext.create", { type: "tab" });
    const tab = new FirefoxTab(this.#bidi, textAt(reply, "context"));
    await tab.goto(url);
    return tab;
  }

  /** Opens one of the extension's own pages, for instance `src/extension/options/index.html`, in a new tab. */
  openPage(path: string): Promise<FirefoxTab> {
    return this.openTab(this.url(path));
  }

  /**
   * Opens the toolbar's popup; drive it with `inPopup`.
   *
   * @throws {BrowserError} `no_popup`
   */
  openPopup(): Promise<void> {
    return this.#chrome.openPopup(this.url(this.#popupPath));
  }

  closePopup(): Promise<void> {
    return this.#chrome.closePopup();
  }

  /**
   * Runs a function in the open popup. It gets the popup's document, then its arguments, and sees nothing of where it
   * was written; arguments and result travel as JSON.
   *
   * @throws {BrowserError} `command` with what the function threw, or when no popup is open
   */
  inPopup<Args extends readonly unknown[], Result>(
    script: (document: Document, ...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    return this.#chrome.inPopup(script, ...args);
  }

  /**
   * Clicks the middle of an element of the open popup with the pointer.
   *
   * @throws {BrowserError} `command` when there is no such element, or no popup is open
   */
  clickInPopup(selector: string): Promise<void> {
    return this.#chrome.clickInPopup(selector);
  }

  /**
   * Presses keys in the open popup, one after the other: `Enter`, `Tab`, `Space`, or a character.
   *
   * @throws {BrowserError} `command` when no popup is open
   */
  pressInPopup(...keys: readonly string[]): Promise<void> {
    return this.#chrome.pressInPopup(keys);
  }

  /**
   * Whether Firefox draws notifications itself from now on, which it does not at first: where there is no desktop they close
   * at once. A drawn one takes the focus from the window, and no popup opens until it is gone.
   */
  drawNotifications(draws: boolean): Promise<void> {
    return this.#chrome.drawNotifications(draws);
  }

  /**
   * Clicks the notification that is on the screen.
   *
   * @throws {BrowserError} `command` when there is none
   */
  clickNotification(): Promise<void> {
    return this.#chrome.clickNotification();
  }

  /** Whether the popup is open, or its page stands in a window of its own. */
  isPopupShown(): Promise<boolean> {
    return this.#chrome.isPopupShown(this.url(this.#popupPath));
  }

  /** Writes a PNG of the open popup to a file. */
  snapshotPopup(file: string): Promise<void> {
    return this.#chrome.snapshotPopup(file);
  }

  /** Tells pages from now on that the user has a light or a dark theme. */
  setTheme(theme: "light" | "dark"): Promise<void> {
    return this.#chrome.setTheme(theme);
  }

  /** The text drawn on the toolbar button. */
  badge(): Promise<string> {
    return this.#chrome.badge();
  }

  /** `running`, `stopped`, `suspending` or `starting`. */
  backgroundState(): Promise<string> {
    return this.#chrome.backgroundState();
  }

  /** Stops the background at once, as Firefox does with one that idles; an open popup stays open. */
  terminateBackground(): Promise<void> {
    return this.#chrome.terminateBackground();
  }

  /** How long Firefox keeps a background that does nothing, from its next start on, in milliseconds; at first 30 seconds. */
  idleAfter(ms: number): Promise<void> {
    return this.#chrome.idleAfter(ms);
  }

  /** Ends the browser; removes a temporary profile. A second call does nothing more. */
  async close(): Promise<void> {
    try {
      if (this.#process.exitCode === null) await this.#bidi.send("browser.close", {}).catch(() => undefined);
      this.#bidi.close();
      await kill(this.#process, CLOSE_PATIENCE);
    } finally {
      await this.#profile.discard();
    }
  }
}

async function install(
  bidi: BidiConnection,
  { extension: folder, installation = "temporary", archive = "" }: FirefoxOptions,
): Promise<void> {
  if (installation === "already") return;
  const kept = { extensionData: { type: "archivePath", path: archive }, "moz:permanent": true };
  const data = installation === "kept" ? kept : { extensionData: { type: "path", path: folder } };
  try {
    await bidi.send("webExtension.install", data);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrowserError("no_extension", `${folder} was not installed: ${reason}`);
  }
}
