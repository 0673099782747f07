/**
 * A Chromium or Chrome with the extension loaded, driven as a user would: tabs are ordinary pages, the popup is the
 * real one of the toolbar. Loads the extension over the debugging pipe, which branded Chrome allows too. Gives up the
 * browser's sandbox only as root, for whom there is none.
 */
import { statfsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { BrowserContext, CDPSession, Page, Worker } from "playwright-core";
import { findChromium } from "../prepare/browsers.mjs";
import { BrowserError } from "./browser-error.ts";
import { ChromiumPopup } from "./chromium-popup.ts";
import { WITHOUT_FEATURES } from "./chromium-switches.ts";
import { readExtensionFolder } from "./extension-folder.ts";
import { openProfile } from "./profile.ts";
import type { Profile } from "./profile.ts";
import { waitUntil } from "./wait.ts";

export interface ChromiumOptions {
  /** The folder of the built extension, for instance `dist/chrome`. */
  readonly extension: string;
  /** A profile folder to keep; without it a temporary one is made, and removed by `close`. */
  readonly profile?: string;
  /** The browser's path; without it the one that `findChromium` finds. */
  readonly executable?: string;
  /** Without a window on a display; default true. */
  readonly headless?: boolean;
  /** Opens a debugging port on loopback, without which `openPopup` cannot see the popup; default true. */
  readonly debuggingPort?: boolean;
  /** Closes the browser and ends the process on SIGINT, SIGTERM and SIGHUP; default true. */
  readonly handleSignals?: boolean;
  /** More of the browser's own options, such as where a name leads to. */
  readonly args?: readonly string[];
  /** The language of the browser, for instance `de-DE`. */
  readonly locale?: string;
}

const POPUP_PATIENCE = 10_000;
const SETTINGS_PATIENCE = 20_000;
/** More than a browser with a few tabs shares. */
const SHARED_BYTES = 1024 ** 3;

export class Chromium {
  /** Playwright's own view: tabs, network, screenshots. The first page is an empty tab. */
  readonly context: BrowserContext;
  readonly extensionId: string;
  readonly #profile: Profile;
  readonly #control: CDPSession;
  readonly #popup: ChromiumPopup;

  private constructor(
    context: BrowserContext,
    extensionId: string,
    profile: Profile,
    control: CDPSession,
    url: string,
  ) {
    this.context = context;
    this.extensionId = extensionId;
    this.#profile = profile;
    this.#control = control;
    this.#popup = new ChromiumPopup(profile.path, url);
  }

  /**
   * Starts the browser and loads the extension; in an empty profile the extension has then opened its settings. Leaves
   * nothing behind when that fails.
   *
   * @throws {BrowserError} `no_browser`, `no_extension`, `timeout`
   */
  static async launch(options: ChromiumOptions): Promise<Chromium> {
    const { popup, settings } = await readExtensionFolder(options.extension);
    const profile = await openProfile(options.profile);
    let context: BrowserContext | undefined;
    try {
      context = await startBrowser(options, profile.path);
      const extensionId = await loadExtension(context, options.extension);
      const control = await context.newCDPSession(context.pages()[0] ?? (await context.newPage()));
      await control.send("ServiceWorker.enable");
      const root = `chrome-extension://${extensionId}/`;
      if (profile.empty) await settingsOpened(context, root + settings);
      return new Chromium(context, extensionId, profile, control, root + popup);
    } catch (error) {
      await context?.close();
      await profile.discard();
      throw error;
    }
  }

  /** The address of one of the extension's own pages. */
  url(path: string): string {
    return `chrome-extension://${this.extensionId}/${path}`;
  }

  /** Loads one more extension, from a folder; its id. */
  installAnother(folder: string): Promise<string> {
    return loadExtension(this.context, folder);
  }

  /** Opens one of the extension's own pages, for instance `src/extension/options/index.html`, in a new tab. */
  async openPage(path: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.url(path));
    return page;
  }

  /**
   * Opens the toolbar's popup, or returns the one that is open. It goes when it closes itself or is closed.
   *
   * @throws {BrowserError} `no_popup`
   */
  async openPopup(): Promise<Page> {
    const open = this.#popup.page();
    if (open !== undefined) return open;
    const worker = await this.worker();
    await worker.evaluate("chrome.action.openPopup()");
    return this.#popup.attach(POPUP_PATIENCE);
  }

  /** The text on the toolbar button. Does not wake a background that sleeps when a page of the extension is open. */
  async badge(): Promise<string> {
    const script = "chrome.action.getBadgeText({})";
    const pages = [...this.context.pages(), this.#popup.page()];
    const page = pages.find((candidate) => candidate?.url().startsWith(this.url("")));
    const badge: unknown = await (page === undefined ? (await this.worker()).evaluate(script) : page.evaluate(script));
    return typeof badge === "string" ? badge : "";
  }

  /** The background's service worker, started when it is not running. */
  async worker(): Promise<Worker> {
    await this.#control.send("ServiceWorker.startWorker", { scopeURL: this.url("") });
    const running = this.context.serviceWorkers().find((worker) => worker.url().startsWith(this.url("")));
    return running ?? this.context.waitForEvent("serviceworker");
  }

  /** Kills the background at once, as the browser does with one that idles; an open popup stays open. */
  async killWorker(): Promise<void> {
    await this.#control.send("ServiceWorker.stopAllWorkers");
  }

  /** Ends the browser; removes a temporary profile. A second call does nothing more. */
  async close(): Promise<void> {
    try {
      await this.#popup.detach();
      await this.context.close();
    } finally {
      await this.#profile.discard();
    }
  }
}

async function startBrowser(options: ChromiumOptions, profile: string): Promise<BrowserContext> {
  const executablePath = options.executable ?? findChromium();
  if (executablePath === undefined) throw new BrowserError("no_browser", "No Chromium or Chrome on this machine.");
  const headless = options.headless ?? true;
  const signals = options.handleSignals ?? true;
  try {
    return await chromium.launchPersistentContext(profile, {
      executablePath,
      headless,
      // A fixed viewport squeezes the popup.
      viewport: null,
      chromiumSandbox: process.getuid?.() !== 0,
      handleSIGINT: signals,
      handleSIGTERM: signals,
      handleSIGHUP: signals,
      ignoreDefaultArgs: [
        "--disable-extensions",
        ...(hasRoomInMemory() ? ["--disable-dev-shm-usage"] : []),
        ...(headless ? [] : ["--enable-automation"]),
      ],
      ...(options.locale === undefined ? {} : { locale: options.locale }),
      args: [
        "--enable-unsafe-extension-debugging",
        "--no-first-run",
        "--disable-quic",
        "--disable-sync",
        "--disable-component-update",
        WITHOUT_FEATURES,
        ...(headless ? ["--window-size=1280,900", "--disable-gpu"] : []),
        ...(options.debuggingPort === false ? [] : ["--remote-debugging-port=0"]),
        ...(options.locale === undefined ? [] : [`--lang=${options.locale}`]),
        ...(options.args ?? []),
      ],
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrowserError("no_browser", `${executablePath} did not start: ${reason}`);
  }
}

/** Whether the browser's processes may share memory as memory. Playwright has them use files, for containers with little. */
function hasRoomInMemory(): boolean {
  try {
    const { bsize, bavail } = statfsSync("/dev/shm");
    return bsize * bavail > SHARED_BYTES;
  } catch {
    return false;
  }
}

async function loadExtension(context: BrowserContext, folder: string): Promise<string> {
  const browser = context.browser();
  if (browser === null) throw new BrowserError("no_browser", "The browser ended while it was starting.");
  const session = await browser.newBrowserCDPSession();
  try {
    const { id } = await session.send("Extensions.loadUnpacked", { path: folder });
    return id;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrowserError("no_extension", `${folder} was not loaded: ${reason}`);
  } finally {
    await session.detach();
  }
}

/** A new extension opens its settings by itself, in an empty tab where there is one: not in the caller's next. */
async function settingsOpened(context: BrowserContext, url: string): Promise<void> {
  await waitUntil("the settings page is open", SETTINGS_PATIENCE, () =>
    Promise.resolve(context.pages().some((page) => page.url() === url) ? true : undefined),
  );
}
