/**
 * The toolbar's popup as a page. Playwright's own connection does not see it, nor does a second one made before it
 * opened: so each popup gets a connection of its own, made after, over the debugging port.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { BrowserError } from "./browser-error.ts";

export class ChromiumPopup {
  readonly #profile: string;
  readonly #url: string;
  #connection: Browser | undefined;
  #page: Page | undefined;

  /** For the browser that runs on the folder `profile`; `url` is the popup's page. */
  constructor(profile: string, url: string) {
    this.#profile = profile;
    this.#url = url;
  }

  /** The popup that is open and attached to, if any. */
  page(): Page | undefined {
    return this.#page?.isClosed() === false ? this.#page : undefined;
  }

  /**
   * Finds the popup that has just been opened.
   *
   * @param patience milliseconds
   * @throws {BrowserError} `no_popup`
   */
  async attach(patience: number): Promise<Page> {
    const end = performance.now() + patience;
    const port = await this.#port();
    do {
      await this.detach();
      this.#connection = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      const pages = this.#connection.contexts().flatMap((context) => context.pages());
      this.#page = pages.find((page) => page.url().startsWith(this.#url));
    } while (this.#page === undefined && performance.now() < end);
    if (this.#page === undefined) throw new BrowserError("no_popup", "The popup did not open, or closed at once.");
    return this.#page;
  }

  /** Lets go of the popup without closing it. */
  async detach(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#page = undefined;
    await connection?.close();
  }

  async #port(): Promise<string> {
    try {
      const [port] = (await readFile(join(this.#profile, "DevToolsActivePort"), "utf8")).split("\n");
      if (port !== undefined && port !== "") return port;
    } catch {
      // Said below.
    }
    throw new BrowserError("no_popup", "The browser was started without a debugging port.");
  }
}
