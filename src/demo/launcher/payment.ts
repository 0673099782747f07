/** The payment that the demo makes by itself, as the customer would: on the bank's pages and in the real popup. */
import { join } from "node:path";
import { waitUntil } from "../browser/wait.ts";
import { CUSTOMER } from "../bank/first-state.ts";
import { answerInPopup } from "./answer-in-popup.ts";
import { type Tab, testid } from "./co-browser.ts";
import type { Demo } from "./demo.ts";
import { introduceBank, linkAccount } from "./link-account.ts";
import { expect } from "./expect.ts";
import { picture, PLACE } from "./place.ts";

const PAYEE = { name: "Discovery Shipping GmbH", iban: "DE02 1203 0000 0000 2020 51" } as const;
const AMOUNT = "1,200.00";
const REFERENCE = "Invoice 2001-04";

/** What the popup must show. */
const ASKED = {
  heading: `Pay ${AMOUNT} EUR`,
  paragraphs: [
    `To: ${PAYEE.name}`,
    `IBAN: ${PAYEE.iban}`,
    "From: Current account ···4711",
    `Reference: ${REFERENCE}`,
    "This is your first payment to this payee.",
  ],
} as const;

const BADGE_MS = 20_000;

export interface Paid {
  /** The receipt's file. */
  readonly receipt: string;
}

/**
 * Logs in, links, pays, accepts, and takes the receipt.
 *
 * @throws LauncherError `step`; BrowserError
 */
export async function makePayment(demo: Demo): Promise<Paid> {
  const { browser, transcript, bank } = demo;
  const tab = await browser.openTab(`${bank}/login`);
  await tab.type("#user", CUSTOMER.user);
  await tab.type("#password", CUSTOMER.password);
  await tab.click("main button");
  const before = await tab.text(testid("balance"));
  transcript.step(`${CUSTOMER.name} logs in at the bank with her password and sees her balance, ${before} EUR.`);

  await linkAccount(tab, demo);
  await introduceBank(tab, demo);
  await orderPayment(tab, demo);
  await showBadge(demo);
  await answerInPopup(demo, ASKED);

  await tab.text(`${testid("payment")} h1`, "Paid");
  await tab.screenshot(picture("bank-paid"));
  const receipt = join(PLACE.results, "receipt.json");
  await tab.download(testid("receipt"), receipt);
  await tab.goto(`${bank}/`);
  const after = await tab.text(testid("balance"));
  transcript.step(`The bank has seen the signed answer and says "Paid". The balance is ${after} EUR.`);
  expect(after === "6,812.37" && before === "8,012.37", `The balance went from ${before} to ${after} EUR.`);
  transcript.step("The receipt is downloaded from the bank's page.");
  return { receipt };
}

async function orderPayment(tab: Tab, { transcript, bank }: Demo): Promise<void> {
  await tab.goto(`${bank}/payees`);
  await tab.type("#name", PAYEE.name);
  await tab.type("#iban", PAYEE.iban);
  await tab.click("main form button");
  await tab.text(".payees", PAYEE.name);
  transcript.step(`She adds a payee: ${PAYEE.name}, ${PAYEE.iban}.`);
  await tab.click(`a[aria-label="Pay ${PAYEE.name}"]`);
  await tab.type("#amount", AMOUNT);
  await tab.type("#reference", REFERENCE);
  await tab.click("main form button");
  await tab.text(`${testid("payment")}[data-state="waiting"] h1`, "Waiting for your confirmation");
  await tab.screenshot(picture("bank-waiting"));
  transcript.step(`She pays ${AMOUNT} EUR. The bank's page says "Waiting for your confirmation".`);
}

async function showBadge({ browser, transcript }: Demo): Promise<void> {
  await waitUntil('the badge "1"', BADGE_MS, async () => ((await browser.badge()) === "1" ? true : undefined));
  const how = await browser.pictureBadge(picture("badge"));
  transcript.step('The badge of the co-browser\'s button shows "1".', `(Its picture is ${how}.)`);
}
