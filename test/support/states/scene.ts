/** What the states of the extension are made of: a user in front of a browser, a broker, and whoever asks. Nothing here knows a language. */
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import { ask } from "../asking.ts";
import {
  ALICE,
  badgeIs,
  lookAt,
  PATIENCE_MS,
  press,
  type TestBrowser,
  type TestPopup,
  type TestTab,
  testid,
  type UserInBrowser,
} from "../each-browser/index.ts";
import { newKey } from "../signing.ts";
import type { System } from "../system.ts";
import type { Texts } from "./texts.ts";

type Asked = Parameters<typeof ask>[2];

export class Scene {
  readonly browser: TestBrowser;
  readonly system: System;
  readonly texts: Texts;

  constructor({ browser, system }: UserInBrowser, texts: Texts) {
    this.browser = browser;
    this.system = system;
    this.texts = texts;
  }

  /** Asks Alice, and waits until her browser knows. */
  async ask(text: Asked["text"], more: Omit<Partial<Asked>, "text"> = {}, key?: SigningKey): Promise<string> {
    const asked = { ...(text === undefined ? {} : { text }), toId: ALICE, ...more };
    const { brokerId, status } = await ask(this.system, key ?? (await newKey()), asked);
    if (status !== 201) throw new Error(`The broker said ${String(status)}.`);
    return brokerId;
  }

  /** Asks, and shows the request in the popup. */
  async show(text: { readonly heading: string } & object, more: Omit<Partial<Asked>, "text"> = {}): Promise<TestPopup> {
    await this.ask(text, more);
    await badgeIs(this.browser, "1");
    return lookAt(this.browser, text.heading);
  }

  /** Says no to what is shown, and to all that waits; closes the popup. */
  async clear(popup: TestPopup): Promise<void> {
    const isThere = async (name: string): Promise<boolean> => (await popup.texts(testid(name))).length > 0;
    while (!(await isThere("empty"))) {
      if (!(await isThere("next"))) await press(popup, "reject");
      await until(popup, testid("next"));
      await popup.click(testid("next"));
      await waitUntil("Next is pressed", PATIENCE_MS, async () => !(await isThere("next")) || undefined);
      await until(popup, `${testid("reject")}, ${testid("empty")}`);
    }
    await popup.close();
  }

  /** The settings, once the account stands there. */
  async settings(): Promise<TestTab> {
    const tab = await this.browser.openOptions();
    await tab.text(testid("account-card"));
    return tab;
  }

  /** Pins a name with a key on the settings. */
  async pin(fromId: string, kid: string): Promise<void> {
    const tab = await this.settings();
    await tab.type(testid("pin-from"), fromId);
    await tab.type(testid("pin-kid"), kid);
    await tab.evaluate(() => {
      const list = document.querySelector<HTMLSelectElement>("[data-testid=pin-checked]");
      if (list === null) return;
      list.value = "phone";
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await tab.click(testid("pin-add"));
    await tab.text(testid("pins"), fromId);
    await tab.close();
  }
}

/** Waits until something of the popup is there. */
export async function until(popup: TestPopup, selector: string): Promise<void> {
  await waitUntil(selector, PATIENCE_MS, async () => ((await popup.texts(selector)).length > 0 ? true : undefined));
}

/** Says yes to what is shown, and waits for its result. */
export async function accepted(popup: TestPopup): Promise<void> {
  if (await popup.isLive(testid("expected"))) await popup.click(testid("expected"));
  await press(popup, "accept");
  await until(popup, testid("next"));
}
