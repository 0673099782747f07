/** Connects the customer's account on the options page, by typing, and compares what a careful user compares. */
import { type CoBrowser, type Tab, testid } from "./co-browser.ts";
import { LauncherError } from "./launcher-error.ts";

export interface Enrolled {
  /** The options page, left open. */
  readonly options: Tab;
  /** The fingerprint of the new device. */
  readonly deviceKid: string;
  /** The broker's fingerprint, as the extension has it. */
  readonly serviceKid: string;
}

/** @param broker its address */
export async function enrol(browser: CoBrowser, account: string, code: string, broker: string): Promise<Enrolled> {
  const options = await browser.openOptions();
  await options.type(testid("account"), account);
  await options.type(testid("code"), code);
  await options.type(testid("broker"), broker);
  await options.click(testid("connect"));
  const deviceKid = await fingerprintOn(options, "fingerprint");
  return { options, deviceKid, serviceKid: await fingerprintOn(options, "service-fingerprint") };
}

/**
 * Reads a fingerprint from a page.
 *
 * @throws LauncherError `step`
 */
export async function fingerprintOn(tab: Tab, name: string): Promise<string> {
  const text = (await tab.text(testid(name))).replaceAll(" ", "");
  if (/^[A-Z2-7]{5}(-[A-Z2-7]{5}){5}$/.test(text)) return text;
  throw new LauncherError("step", `"${text}" is no fingerprint.`, "Look at the pictures in dist/demo.");
}

/** Pins a sender on the options page, by typing. */
export async function pinSender(options: Tab, fromId: string, kid: string): Promise<void> {
  await options.type(testid("pin-from"), fromId);
  await options.type(testid("pin-kid"), kid);
  await options.choose(testid("pin-checked"), "on the sender's own page");
  await options.click(testid("pin-add"));
  await options.text(testid("pin"), fromId);
}
