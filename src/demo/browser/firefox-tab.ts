/** One tab of Firefox: scripts, clicks and keys as a user gives them, pictures. */
import { writeFile } from "node:fs/promises";
import type { BidiConnection } from "./bidi.ts";
import { callIn } from "./firefox-script.ts";
import { at, callElsewhere, textAt } from "./parse-reply.ts";
import { waitUntil } from "./wait.ts";

const PATIENCE = 10_000;

export class FirefoxTab {
  readonly #bidi: BidiConnection;
  readonly #context: string;

  constructor(bidi: BidiConnection, context: string) {
    this.#bidi = bidi;
    this.#context = context;
  }

  /** Opens an address; an extension's own page never says that it has loaded, so wait for what is on it. */
  async goto(url: string): Promise<void> {
    const own = url.startsWith("moz-extension:");
    await this.#bidi.send("browsingContext.navigate", { context: this.#context, url, wait: own ? "none" : "complete" });
    if (!own) return;
    await waitUntil(url, PATIENCE, () =>
      // The tab's first, empty page goes while it is asked.
      this.evaluate(() => (document.readyState === "complete" ? location.href : ""))
        .then((here) => (here.startsWith(url) ? here : undefined))
        .catch(() => undefined),
    );
  }

  /**
   * Runs a function in the page. It sees the page's globals and its arguments, nothing of where it was written;
   * arguments and result travel as JSON.
   *
   * @throws {BrowserError} `command` with what the function threw
   */
  evaluate<Args extends readonly unknown[], Result>(
    script: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>> {
    return callElsewhere(script, (source) => callIn(this.#bidi, this.#context, source, args));
  }

  /**
   * Waits for an element and returns its text.
   *
   * @param expected what the text must contain
   * @throws {BrowserError} `timeout`
   */
  text(selector: string, expected = ""): Promise<string> {
    return waitUntil(`${selector} with "${expected}"`, PATIENCE, async () => {
      const text = await this.evaluate((css) => document.querySelector(css)?.textContent, selector);
      return text?.includes(expected) === true ? text : undefined;
    });
  }

  /** Clicks the middle of an element with the pointer, waiting for the element first. */
  async click(selector: string): Promise<void> {
    const element = await this.#locate(selector);
    await this.#settle(selector);
    await this.#perform("pointer", [
      { type: "pointerMove", x: 0, y: 0, origin: { type: "element", element: { sharedId: element } } },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ]);
  }

  /** Clicks an element and types a text into it, key by key. */
  async type(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.press(...text);
  }

  /** Presses keys one after the other: characters, or WebDriver's code points for others (`\uE007` is Enter). */
  async press(...keys: readonly string[]): Promise<void> {
    const strokes = keys.flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#perform("key", strokes);
  }

  /** Brings the tab to the front. */
  async activate(): Promise<void> {
    await this.#bidi.send("browsingContext.activate", { context: this.#context });
  }

  /** Writes a PNG of the tab's whole page to a file. */
  async screenshot(file: string): Promise<void> {
    const what = { context: this.#context, origin: "document" };
    const reply = await this.#bidi.send("browsingContext.captureScreenshot", what);
    await writeFile(file, Buffer.from(textAt(reply, "data"), "base64"));
  }

  async close(): Promise<void> {
    await this.#bidi.send("browsingContext.close", { context: this.#context });
  }

  /** Brings an element into view, and waits until it stays where it is: a page that is still being filled moves it. */
  #settle(selector: string): Promise<string> {
    let before = "";
    return waitUntil(`${selector} stays where it is`, PATIENCE, async () => {
      const now = await this.evaluate((css) => {
        const element = document.querySelector(css);
        element?.scrollIntoView({ block: "center" });
        return element === null ? "" : JSON.stringify(element.getBoundingClientRect());
      }, selector);
      const isStill = now !== "" && now === before;
      before = now;
      return isStill ? now : undefined;
    });
  }

  #locate(selector: string): Promise<string> {
    return waitUntil(selector, PATIENCE, async () => {
      const locator = { type: "css", value: selector };
      const found = await this.#bidi.send("browsingContext.locateNodes", { context: this.#context, locator });
      const id = at(found, "nodes", 0, "sharedId");
      return typeof id === "string" ? id : undefined;
    });
  }

  async #perform(type: string, actions: readonly unknown[]): Promise<void> {
    await this.#bidi.send("input.performActions", {
      context: this.#context,
      actions: [{ type, id: type, actions }],
    });
  }
}
