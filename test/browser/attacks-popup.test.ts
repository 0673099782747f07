/** Attacks on the popup and on the way to the background: whoever tries, nothing is decided but by the user's own press. */
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import {
  acceptIn,
  ALICE,
  badgeIs,
  BROWSERS,
  chromiumOf,
  firefoxOf,
  lookAt,
  PATIENCE_MS,
  POPUP_PAGE,
  press,
  rejectIn,
  rowsOf,
  testid,
  type TestBrowser,
  type TestPopup,
  userIn,
} from "../support/each-browser/index.ts";
import { Collector, writeStrangeExtension } from "../support/strange-extension.ts";
import type { Running, System } from "../support/system.ts";

const BANK = "payments@ethel.example";
const ACCEPT = testid("accept");
const ARMING_MS = 600;

describe.each(BROWSERS)("in %s, the popup", (name) => {
  const alice = userIn(name, { policy: { limits: false } });
  const asked: Running[] = [];

  /** Asks as the bank, whom Alice has pinned: Accept needs nothing but its time. */
  async function ask(heading: string): Promise<Running> {
    const { browser, system } = alice();
    if (asked.length === 0) await pinBank(browser, system);
    const running = system.spawn("ask", ALICE, heading, "--from", BANK);
    asked.push(running);
    await badgeIs(browser, "1");
    return running;
  }

  // A test that failed in the middle must not leave its question to the next one.
  afterEach(async () => {
    const { browser } = alice();
    for (const { child } of asked) child.kill("SIGINT");
    await Promise.all(asked.map(({ finished }) => finished));
    await badgeIs(browser, "", 60_000);
  });

  test("does not decide by Enter and Space, from the moment it opens", async () => {
    const { browser } = alice();
    const running = await ask("Mashed keys");
    const popup = await browser.openPopup();
    await until(2 * ARMING_MS, () => popup.press("Enter", "Space"));
    await armed(popup);
    await popup.press("Enter", "Space", "Enter", "Space");
    expect(await popup.texts(testid("result"))).toEqual([]);
    await rejectIn(popup);
    expect((await running.finished).code).toBe(1);
    await popup.close();
  });

  test("does not count clicks on an Accept that is not armed yet, as of a double click that it opened under", async () => {
    const { browser } = alice();
    const running = await ask("Double click, hijacked");
    const popup = await browser.openPopup();
    const lookBack = await popup.lookAway();
    await popup.text(testid("heading"), "Double click, hijacked");
    await until(2 * ARMING_MS, () => strike(browser, ACCEPT));
    expect(await popup.isLive(ACCEPT)).toBe(false);
    await lookBack();
    await armed(popup);
    expect(await popup.texts(testid("result"))).toEqual([]);
    await rejectIn(popup);
    expect((await running.finished).code).toBe(1);
    await popup.close();
  });

  test("takes a double click on Accept for one answer to one request", async () => {
    const { browser, system } = alice();
    const first = await ask("The first of two");
    const second = system.spawn("ask", ALICE, "The second of two", "--from", BANK);
    asked.push(second);
    await badgeIs(browser, "2");
    const popup = await lookAt(browser, "The first of two");
    await armed(popup);
    await strike(browser, ACCEPT);
    await strike(browser, ACCEPT).catch(() => undefined);
    expect((await first.finished).code).toBe(0);
    await press(popup, "next");
    await popup.text(testid("heading"), "The second of two");
    const lookBack = await popup.lookAway();
    await strike(browser, ACCEPT);
    await lookBack();
    await armed(popup);
    expect(await popup.texts(testid("result"))).toEqual([]);
    await rejectIn(popup);
    expect((await second.finished).code).toBe(1);
    await popup.close();
  });

  test("starts its 600 ms again when the focus was stolen and given back within 100 ms", async () => {
    const { browser } = alice();
    const running = await ask("Focus stolen");
    const popup = await lookAt(browser, "Focus stolen");
    await armed(popup);
    const { dead, ms } = await popup.evaluate(stealFocus, ACCEPT);
    expect(dead).toBe(true);
    expect(ms).toBeGreaterThanOrEqual(ARMING_MS - 20);
    expect(await acceptIn(popup)).toContain("accept");
    expect((await running.finished).code).toBe(0);
    await popup.close();
  });

  test("disarms when what it says of the sender changes between look and click", async () => {
    const { browser, system } = alice();
    const settings = await browser.openOptions();
    const running = await ask("Content changed");
    const popup = await lookAt(browser, "Content changed");
    await armed(popup);
    // Over a tab that was open before: the popup closes when another one comes to the front.
    expect(await settings.evaluate(sayRaw, "options.removePin", await bank(system))).toContain("true");
    await popup.text(testid("trust"), "Unverified");
    await strike(browser, ACCEPT);
    await popup.evaluate(pause, 2 * ARMING_MS);
    await strike(browser, ACCEPT);
    expect(await popup.texts(testid("result"))).toEqual([]);
    expect(await popup.isLive(ACCEPT)).toBe(false);
    await rejectIn(popup);
    expect((await running.finished).code).toBe(1);
    await popup.close();
    await settings.close();
    await pinBank(browser, system);
  });

  test("counts a click once though the background died before it", async () => {
    const { browser } = alice();
    const running = await ask("Killed before the click");
    const popup = await lookAt(browser, "Killed before the click");
    await armed(popup);
    await killBackground(browser);
    await acceptThrough(popup);
    expect((await running.finished).code).toBe(0);
    await popup.close();
  });

  test("counts a click once, or says that it did not, though the background died during it", async () => {
    const { browser } = alice();
    const running = await ask("Killed during the click");
    const popup = await lookAt(browser, "Killed during the click");
    await armed(popup);
    await Promise.all([popup.click(ACCEPT), killBackground(browser)]);
    await acceptThrough(popup);
    expect((await running.finished).code).toBe(0);
    await popup.close();
  });

  test("loses no answer though the background died after the click, with the broker away", async () => {
    const { browser, system } = alice();
    const running = await ask("Killed after the click");
    const popup = await lookAt(browser, "Killed after the click");
    await armed(popup);
    await system.stopBroker();
    await popup.click(ACCEPT);
    expect(await popup.text(testid("result"))).toMatch(/signed/i);
    await killBackground(browser);
    await system.startBroker();
    // The popup's own next look wakes it.
    expect((await running.finished).code).toBe(0);
    await popup.close();
  });

  test("cannot be framed or read by a page, nor spoken to", async () => {
    const { browser } = alice();
    const running = await ask("Behind a frame");
    const target = browser.url(POPUP_PAGE);
    const collector = await Collector.open(`<!doctype html><title>A page</title><iframe src="${target}"></iframe>`);
    try {
      const tab = await browser.openTab(collector.origin);
      const tried = await tab.evaluate(attackFromPage, target, browser.url("icons/48.png"), idOf(browser));
      expect(tried).toEqual({ frame: "refused", read: "refused", picture: "refused", message: "refused" });
      await tab.close();
    } finally {
      collector.close();
    }
    expect((await storedAs(browser, "Behind a frame")).state).toBe("verified");
    await answerNo(browser, "Behind a frame");
    expect((await running.finished).code).toBe(1);
  });

  test("cannot be framed, read or spoken to by another extension", async () => {
    const { browser, system } = alice();
    const running = await ask("Beside a stranger");
    const collector = await Collector.open();
    try {
      const folder = await writeStrangeExtension(join(system.folder, "stranger"), {
        target: idOf(browser),
        popup: browser.url(POPUP_PAGE),
        collector: collector.origin,
      });
      await installAnother(browser, folder);
      const loot = await collector.loot;
      for (const what of ["message", "connection", "read", "script"]) expect(loot[what]).toMatch(/refused|no answer/);
    } finally {
      collector.close();
    }
    expect((await storedAs(browser, "Beside a stranger")).state).toBe("verified");
    await answerNo(browser, "Beside a stranger");
    expect((await running.finished).code).toBe(1);
  });

  test("opened by its address in a tab, takes no click that a script made, and no other address is the popup", async () => {
    const { browser } = alice();
    const running = await ask("In a tab");
    const tab = await browser.openTab(browser.url(POPUP_PAGE));
    await tab.text(testid("heading"), "In a tab");
    await waitUntil("Accept is armed in the tab", PATIENCE_MS, async () =>
      (await tab.evaluate((css) => document.querySelector(`${css}:enabled`) !== null, ACCEPT)) ? true : undefined,
    );
    await tab.evaluate(clickByScript, ACCEPT);
    await tab.evaluate(pauseInTab, ARMING_MS);
    expect(await tab.evaluate((css) => document.querySelector(css) === null, testid("result"))).toBe(true);
    await tab.close();
    for (const tail of ["?", "?other", "/."]) {
      const other = await browser.openTab(browser.url(POPUP_PAGE) + tail).catch(() => undefined);
      if (other === undefined) continue;
      expect(await other.evaluate(sayRaw, "popup.look", { showing: null })).toBe("no answer");
      await other.close();
    }
    await answerNo(browser, "In a tab");
    expect((await running.finished).code).toBe(1);
  });

  test("alone may decide, after 600 ms, and only of what was presented", async () => {
    const { browser, system } = alice();
    const first = await ask("Said by hand");
    const second = system.spawn("ask", ALICE, "Never presented", "--from", BANK);
    asked.push(second);
    await badgeIs(browser, "2");
    const { ref: shown } = await storedAs(browser, "Said by hand");
    const { ref: hidden } = await storedAs(browser, "Never presented");
    const yes = { value: true, choice: null, expected: true, reason: null };

    const settings = await browser.openOptions();
    expect(await settings.evaluate(sayRaw, "popup.decide", { ...shown, ...yes })).toBe("no answer");
    expect(await settings.evaluate(sayRaw, "popup.present", shown)).toBe("no answer");
    await settings.close();

    const tab = await browser.openTab(browser.url(POPUP_PAGE));
    await tab.text(testid("heading"), "Said by hand");
    expect(await tab.evaluate(sayRaw, "popup.decide", { ...hidden, ...yes })).toContain("not_presented");
    const other = { ...shown, digest: hidden.digest };
    expect(await tab.evaluate(sayRaw, "popup.decide", { ...other, ...yes })).toContain("not_found");
    const soon = await tab.evaluate(presentAndDecide, shown, { ...shown, ...yes });
    expect(soon).toContain("too_soon");
    expect(await tab.evaluate(sayRaw, "popup.decide", { ...shown, ...yes, value: "true" })).toBe("no answer");
    await tab.close();

    await answerNo(browser, "Said by hand");
    await answerNo(browser, "Never presented");
    expect((await first.finished).code).toBe(1);
    expect((await second.finished).code).toBe(1);
  });
});

async function pinBank(browser: TestBrowser, system: System): Promise<void> {
  const { fromId, kid } = await bank(system);
  const tab = await browser.openOptions();
  await tab.text(testid("pin-add"));
  await tab.type(testid("pin-from"), fromId);
  await tab.type(testid("pin-kid"), kid);
  await tab.choose(testid("pin-checked"), "on the sender's own page");
  await tab.click(testid("pin-add"));
  await tab.text(testid("pin"));
  await tab.close();
}

/** The bank as a pin names it. */
async function bank(system: System): Promise<{ readonly fromId: string; readonly kid: string }> {
  const { stdout } = await system.confirm("keys", "show", "--json");
  const { enquirer } = JSON.parse(stdout) as { readonly enquirer: string };
  return { fromId: BANK, kid: enquirer };
}

function armed(popup: TestPopup): Promise<true> {
  return waitUntil("Accept is armed", PATIENCE_MS, async () => (await popup.isLive(ACCEPT)) || undefined);
}

/** Presses Accept, again where the popup says that the press did not count, until there is a result. */
async function acceptThrough(popup: TestPopup): Promise<void> {
  await waitUntil("a result", 2 * PATIENCE_MS, async () => {
    if ((await popup.texts(testid("result"))).length > 0) return true;
    if (await popup.isLive(ACCEPT)) await popup.click(ACCEPT).catch(() => undefined);
    return undefined;
  });
}

async function answerNo(browser: TestBrowser, heading: string): Promise<void> {
  const popup = await lookAt(browser, heading);
  await rejectIn(popup);
  await popup.close();
}

/** A press where an element is, whether it is live or not: the driver's own click would wait. */
async function strike(browser: TestBrowser, selector: string): Promise<void> {
  if (browser.name === "Firefox") return firefoxOf(browser).clickInPopup(selector);
  const page = await chromiumOf(browser).openPopup();
  const box = await page.locator(selector).first().boundingBox();
  if (box !== null) await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

async function until(ms: number, work: () => Promise<void>): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await work();
}

/** Not waiting until it is gone: the popup calls it back at once. */
function killBackground(browser: TestBrowser): Promise<void> {
  return browser.name === "Firefox" ? firefoxOf(browser).terminateBackground() : chromiumOf(browser).killWorker();
}

function idOf(browser: TestBrowser): string {
  return browser.name === "Firefox" ? "co-browser@mesh-confirm.example" : new URL(browser.url("")).host;
}

async function installAnother(browser: TestBrowser, folder: string): Promise<void> {
  if (browser.name === "Firefox") await firefoxOf(browser).installAnother(folder);
  else await chromiumOf(browser).installAnother(folder);
}

interface Asked {
  readonly ref: Record<"account" | "broker" | "id" | "digest", string>;
  readonly state: string;
}

/** A stored request, found by its heading. */
async function storedAs(browser: TestBrowser, heading: string): Promise<Asked> {
  for (const { entry } of await rowsOf(browser)) {
    const stored = JSON.parse(entry) as Asked["ref"] & {
      readonly brokerId: string;
      readonly state: string;
      readonly request: { readonly payload: string };
    };
    if (!Buffer.from(stored.request.payload, "base64url").includes(`<h1>${heading}</h1>`)) continue;
    const { account, broker, brokerId: id, digest, state } = stored;
    return { ref: { account, broker, id, digest }, state };
  }
  throw new Error(`There is no request "${heading}" in the store.`);
}

/** What follows runs in a page, and sees nothing of this file. */

async function stealFocus(document: Document, accept: string): Promise<{ dead: boolean; ms: number }> {
  const view = document.defaultView;
  const button = document.querySelector<HTMLButtonElement>(accept);
  if (view === null || button === null) throw new Error("no Accept");
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      view.setTimeout(resolve, ms);
    });
  const stolen = view.performance.now();
  view.dispatchEvent(new view.Event("blur"));
  await wait(80);
  const dead = button.disabled;
  view.dispatchEvent(new view.Event("focus"));
  while (button.disabled) await wait(5);
  return { dead, ms: view.performance.now() - stolen };
}

function pause(document: Document, ms: number): Promise<void> {
  return new Promise((resolve) => {
    document.defaultView?.setTimeout(resolve, ms);
  });
}

function pauseInTab(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function clickByScript(css: string): void {
  const button = document.querySelector<HTMLElement>(css);
  button?.click();
  for (const type of ["pointerdown", "pointerup", "click"]) {
    button?.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, detail: 1 }));
  }
}

interface Extension {
  readonly runtime: { readonly sendMessage: (message: object) => Promise<unknown> };
}

/** Says something to the background as a page of the extension can; what comes back, as text. */
async function sayRaw(name: string, request: unknown): Promise<string> {
  const api = globalThis as unknown as { readonly browser?: Extension; readonly chrome: Extension };
  const answer = Promise.resolve((api.browser ?? api.chrome).runtime.sendMessage({ name, request })).then(
    (value) => (value === undefined || value === null ? "no answer" : JSON.stringify(value)),
    () => "no answer",
  );
  const silence = new Promise<string>((resolve) => {
    setTimeout(resolve, 5000, "no answer");
  });
  return Promise.race([answer, silence]);
}

async function presentAndDecide(ref: unknown, decision: unknown): Promise<string> {
  const api = globalThis as unknown as { readonly browser?: Extension; readonly chrome: Extension };
  const { runtime } = api.browser ?? api.chrome;
  await runtime.sendMessage({ name: "popup.present", request: ref });
  return JSON.stringify(await runtime.sendMessage({ name: "popup.decide", request: decision }));
}

async function attackFromPage(popup: string, picture: string, id: string): Promise<Record<string, string>> {
  const refused = (work: () => unknown): Promise<string> =>
    Promise.resolve()
      .then(work)
      .then(
        (value) => `got: ${String(value)}`,
        () => "refused",
      );
  // The frame has had its time to load when a picture did not.
  const loaded = await refused(
    () =>
      new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = resolve;
        image.onerror = () => reject(new Error("no picture"));
        image.src = picture;
      }),
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 1500);
  });
  return {
    frame: await refused(() => {
      const inside = document.querySelector("iframe")?.contentDocument?.querySelector("main");
      if (inside === null || inside === undefined) throw new Error("nothing inside");
      return inside.textContent;
    }),
    read: await refused(() => fetch(popup).then((answer) => answer.text())),
    picture: loaded,
    message: await refused(() => {
      const { chrome } = globalThis as unknown as {
        readonly chrome: {
          readonly runtime: { readonly sendMessage: (to: string, message: object) => Promise<unknown> };
        };
      };
      return chrome.runtime.sendMessage(id, { name: "popup.look", request: { showing: null } });
    }),
  };
}
