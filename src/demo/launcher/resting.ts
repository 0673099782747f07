/** What the demo says when it only goes on running: what to do in the browser, and what to do beside it. */
import { CUSTOMER } from "../bank/first-state.ts";
import type { CoBrowser } from "./co-browser.ts";
import type { RunFolder } from "./run-folder.ts";
import { USUAL_BROKER_PORT } from "./services.ts";
import type { Transcript } from "./transcript.ts";

export interface Resting {
  readonly transcript: Transcript;
  readonly browser: CoBrowser;
  readonly folder: RunFolder;
  readonly account: string;
  /** Addresses. */
  readonly broker: string;
  readonly bank: string;
}

/** Says what is there to be used from another terminal. */
export function sayBeside({ transcript, broker, bank, account, folder }: Resting): void {
  const isUsual = new URL(broker).port === String(USUAL_BROKER_PORT);
  const where = `--home ${folder.home}${isUsual ? "" : ` --broker ${broker}`}`;
  transcript.say();
  transcript.say(`The bank is at ${bank}, the broker at ${broker}.`);
  transcript.say(`Beside it, in another terminal here: ask ${account} something yourself.`);
  transcript.say(`  npx --no-install confirm ${where} ask ${account} "Open pod bay doors"`);
  transcript.say("  (--home keeps what it remembers in the demo's folder: the next demo has other keys.)");
}

/** Says what the person at the screen can do. */
export function sayYourTurn({ transcript, bank, account }: Resting): void {
  const lines = [
    "Your turn, in the browser that has opened:",
    `  1. Log in at ${bank} as ${CUSTOMER.user} with ${CUSTOMER.password}.`,
    `  2. Under Confirmation link ${account}: compare the fingerprint with the co-browser's options page, in the other tab,`,
    "     and pin the bank's name and fingerprint there.",
    "  3. Under Payees add one, for instance Discovery Shipping GmbH, DE02 1203 0000 0000 2020 51, and pay 1,200.00 EUR.",
    "  4. The co-browser's button in the toolbar (or behind its puzzle piece) then shows a 1. Press it, read, accept.",
  ];
  transcript.say();
  for (const line of lines) transcript.say(line);
}
