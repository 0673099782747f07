/** What a user does with the extension, the same in each browser: connects by typing, waits, looks, presses. */
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import { testid } from "../../../src/demo/launcher/co-browser.ts";
import type { System } from "../system.ts";
import type { TestBrowser, TestPopup, TestTab } from "./browser.ts";
import { PATIENCE_MS } from "./popup-text.ts";

/** Between two rings; a poll takes less. */
const RING_MS = 3000;

/** Connects an account on the settings page; the device's fingerprint, as the page shows it. */
export async function connect(
  browser: TestBrowser,
  system: System,
  account: string,
  broker: string = system.origin,
): Promise<string> {
  const code = await system.code(account);
  const tab = await browser.openOptions();
  await tab.text(testid("connect"));
  await tab.type(testid("account"), account);
  await tab.type(testid("code"), code);
  await tab.type(testid("broker"), broker);
  await tab.click(testid("connect"));
  const kid = (await tab.text(testid("fingerprint"))).replaceAll(/\s+/g, "");
  await tab.close();
  return kid;
}

/** Waits until the badge shows `text`. @param timeout - milliseconds */
export async function badgeIs(browser: TestBrowser, text: string, timeout = PATIENCE_MS): Promise<void> {
  let shown = "";
  await waitUntil(
    () => `the badge of ${browser.name} shows "${text}" and not "${shown}"`,
    timeout,
    async () => (shown = await browser.badge()) === text || undefined,
  );
}

/** Opens the popup and waits for a request with this heading. */
export async function lookAt(browser: TestBrowser, heading: string): Promise<TestPopup> {
  const popup = await browser.openPopup();
  await popup.text(testid("heading"), heading);
  return popup;
}

/** Waits until a button is live, and presses it. */
export async function press(popup: TestPopup, button: string): Promise<void> {
  await waitUntil(`${button} is live`, PATIENCE_MS, async () => (await popup.isLive(testid(button))) || undefined);
  await popup.click(testid(button));
}

/** Ticks "I expected this" where it is asked, presses Accept as soon as it is live, and waits for the result's words. */
export async function acceptIn(popup: TestPopup): Promise<string> {
  if (await popup.isLive(testid("expected"))) await popup.click(testid("expected"));
  await press(popup, "accept");
  return popup.text(testid("result"));
}

/** As {@link acceptIn}, for a no. */
export async function rejectIn(popup: TestPopup): Promise<string> {
  await press(popup, "reject");
  return popup.text(testid("result"));
}

interface Alarms {
  readonly alarms: {
    readonly clearAll: () => Promise<unknown>;
    readonly create: (name: string, when: object) => Promise<void>;
  };
}

/** Takes the alarms away, so that nothing but what the test does wakes the background. @param tab - the settings page */
export async function clearAlarms(tab: TestTab): Promise<void> {
  await tab.evaluate(async () => {
    const api = (Reflect.get(globalThis, "browser") ?? Reflect.get(globalThis, "chrome")) as Alarms;
    await api.alarms.clearAll();
  });
}

/** Chooses a file as a backup on the settings, as the browser's own window for that would. */
export async function giveFile(tab: TestTab, content: unknown): Promise<void> {
  await tab.text("label[for=backup-file]");
  await tab.evaluate((text) => {
    const input = document.querySelector<HTMLInputElement>("[data-testid=backup-file]");
    const files = new DataTransfer();
    files.items.add(new File([text], "file.json", { type: "application/json" }));
    if (input === null) throw new Error("There is no such field.");
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
  }, JSON.stringify(content));
}

interface Page {
  readonly evaluate: (script: () => Promise<void>) => Promise<unknown>;
}

/** Has the alarm come now, and then as ever: the half minute until it does is tested once. @param tab - the settings page */
export async function ringAlarm(tab: Page): Promise<void> {
  await tab.evaluate(async () => {
    const api = (Reflect.get(globalThis, "browser") ?? Reflect.get(globalThis, "chrome")) as Alarms;
    await api.alarms.create("poll", { when: Date.now(), periodInMinutes: 0.5 });
  });
}

/** Rings it until the badge shows `text`: the first may come while the background still tries what cannot be done. */
export async function ringUntilBadge(browser: TestBrowser, tab: TestTab, text: string): Promise<void> {
  let last: unknown;
  await waitUntil(
    () => String(last),
    60_000,
    async () => {
      await ringAlarm(tab);
      return badgeIs(browser, text, RING_MS).then(
        () => true,
        (error: unknown) => void (last = error),
      );
    },
  );
}
