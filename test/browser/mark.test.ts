/** The mark of an installation: in every state of the popup, kept, unlike another's, and out of reach of any page. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  acceptIn,
  ALICE,
  badgeIs,
  BROWSERS,
  connect,
  lookAt,
  press,
  startBrowser,
  type TestBrowser,
  type TestPopup,
  testid,
  userIn,
} from "../support/each-browser/index.ts";

interface Mark {
  readonly words: string;
  readonly picture: string;
}

/** The mark at the popup's top. */
async function markIn(popup: TestPopup): Promise<Mark> {
  const words = await popup.text(testid("mark-words"));
  const picture = await popup.evaluate(
    (document) => document.querySelector(".top [data-testid=mark] svg")?.innerHTML ?? "",
  );
  return { words, picture };
}

/** The titles of the sections of the settings that are shown. */
function sections(): readonly string[] {
  const shown = [...document.querySelectorAll<HTMLElement>("main > section")].filter(({ hidden }) => !hidden);
  return shown.map((section) => section.getAttribute("aria-label") ?? "");
}

function scheme(): string {
  return getComputedStyle(document.documentElement).colorScheme;
}

/** What a page of the web gets of a file of the extension. */
async function fromAPage(browser: TestBrowser, page: string, path: string): Promise<readonly string[]> {
  const tab = await browser.openTab(page);
  const got = await tab.evaluate(async (url) => {
    const asImage = await new Promise<string>((resolve) => {
      const image = new Image();
      image.onload = () => resolve("loaded");
      image.onerror = () => resolve("refused");
      image.src = url;
    });
    const asText = await fetch(url).then(
      () => "loaded",
      () => "refused",
    );
    return [asImage, asText];
  }, browser.url(path));
  await tab.close();
  return got;
}

describe.each(BROWSERS)("the mark of an installation in %s", { timeout: 120_000 }, (name) => {
  const alice = userIn(name, { connected: false });

  test("stands at the top of every state of the popup, outlives a restart, and leaves the browser with nothing", async () => {
    const { browser, system } = alice();
    const setup = await browser.openPopup();
    await setup.text(testid("setup"));
    const mark = await markIn(setup);
    expect(mark.words).toMatch(/^[a-z]+ · [a-z]+ · [a-z]+$/);
    expect(mark.picture.match(/<path /g)).toHaveLength(4);
    // What this is, and what to do, in four sentences, here and in the settings: nothing else is there to be done yet.
    const [intro = ""] = await setup.texts(`${testid("setup")} p`);
    expect(intro.match(/[.?!](?= |$)/g)).toHaveLength(4);
    await setup.close();
    const first = await browser.openOptions();
    expect(await first.text(testid("setup"))).toBe(intro);
    expect(await first.evaluate(sections)).toEqual([
      ...["Connect an account", "Your mark", "Look and notifications", "Backup", "Diagnostics"],
    ]);
    await first.close();

    await connect(browser, system, ALICE);
    const asked = system.spawn("ask", ALICE, "Open pod bay doors");
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Open pod bay doors");
    expect(await markIn(popup)).toEqual(mark);
    await acceptIn(popup);
    expect(await markIn(popup)).toEqual(mark);
    expect((await asked.finished).code).toBe(0);
    await press(popup, "next");
    await popup.text(testid("empty"));
    expect(await markIn(popup)).toEqual(mark);
    await popup.close();

    const settings = await browser.openOptions();
    expect(await settings.text(testid("mark-words"))).toBe(mark.words);
    expect((await settings.evaluate(sections)).slice(0, 3)).toEqual([
      ...["Your accounts", "Connect an account", "Your mark"],
    ]);
    // A look that is chosen holds for both pages, and stays.
    await settings.choose(testid("theme"), "Dark");
    await expect.poll(() => settings.evaluate(scheme)).toBe("dark");
    await settings.close();

    await browser.restart();
    const after = await browser.openPopup();
    expect(await markIn(after)).toEqual(mark);
    expect(await after.evaluate((document) => document.documentElement.dataset["theme"])).toBe("dark");
    await after.close();

    // The broker, who got the account, the key, the name and the answer, got nothing of this.
    const files = await readdir(system.data);
    const bytes = Buffer.concat(await Promise.all(files.map((file) => readFile(join(system.data, file)))));
    expect(bytes.includes(ALICE)).toBe(true);
    for (const word of mark.words.split(" · ")) expect(bytes.includes(word)).toBe(false);
  });

  test("cannot be had by a page of the web, and nothing else of the extension either", async () => {
    const { browser, system } = alice();
    for (const path of ["icons/mark.svg", "src/extension/popup/index.html", "src/extension/popup/index.js"]) {
      expect(await fromAPage(browser, `${system.origin}/.well-known/confirm`, path)).toEqual(["refused", "refused"]);
    }
  });

  test("is another in another installation", async () => {
    const { browser } = alice();
    const other = await startBrowser(name);
    try {
      expect(await markIn(await other.openPopup())).not.toEqual(await markIn(await browser.openPopup()));
    } finally {
      await other.close();
    }
  });
});
