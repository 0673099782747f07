/** The two comparisons by which bank and device get to know each other, made as a careful customer makes them. */
import { BANK_ID } from "../bank/confirmation-text.ts";
import { type Tab, testid } from "./co-browser.ts";
import { fingerprintOn, pinSender } from "./enrol.ts";
import { expect } from "./expect.ts";
import type { Demo } from "./demo.ts";

/**
 * Links the confirmation account at the bank.
 *
 * @throws LauncherError `step` where the bank shows another fingerprint than the options page
 */
export async function linkAccount(tab: Tab, { bank, account, enrolled, transcript }: Demo): Promise<void> {
  await tab.goto(`${bank}/confirmation`);
  await tab.type("#account", account);
  await tab.click("main form button");
  const shown = await fingerprintOn(tab, "device-fingerprint");
  const own = await fingerprintOn(enrolled.options, "fingerprint");
  expect(shown === own, `The bank shows the fingerprint ${shown}, the co-browser ${own}. They must be the same.`);
  await tab.click(testid("same"));
  await tab.text(testid("linked"), account);
  transcript.step(
    `She links ${account} at the bank. The bank shows her device's fingerprint, and it is the one on the options page:`,
    shown,
  );
}

/** Pins the bank's key on the options page. */
export async function introduceBank(tab: Tab, { bank, enrolled, transcript }: Demo): Promise<void> {
  await tab.goto(`${bank}/confirmation`);
  const name = await tab.text(testid("bank-id"));
  const kid = await fingerprintOn(tab, "bank-fingerprint");
  expect(name === BANK_ID, `The bank calls itself ${name}.`);
  await pinSender(enrolled.options, name, kid);
  transcript.step(
    `She pins the bank, ${name}, on the options page, by the fingerprint that the bank's page shows:`,
    kid,
  );
}
