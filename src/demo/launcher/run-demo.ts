/**
 * One run of the demo: broker, bank, browser, enrolment; then the payment, or the person's turn. Everything that is
 * started is in `cleanup` before it is waited for.
 */
import { mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchOptions } from "./arguments.ts";
import type { Cleanup } from "./cleanup.ts";
import { enrol } from "./enrol.ts";
import { expect } from "./expect.ts";
import { makePayment } from "./payment.ts";
import { logOf, picture, PICTURES, PLACE, shown } from "./place.ts";
import { Processes } from "./processes.ts";
import { answerByWord } from "./answer-by-word.ts";
import { type Resting, sayBeside, sayYourTurn } from "./resting.ts";
import type { RunFolder } from "./run-folder.ts";
import { addAccount, startBankProcess, startBroker, USUAL_BROKER_PORT } from "./services.ts";
import { startBrowser } from "./start-browser.ts";
import { Transcript } from "./transcript.ts";
import { verifyReceipt } from "./verify-receipt.ts";

const ACCOUNT = "alice@localhost";
/** How long the end waits for a browser that is just starting. */
const START_MS = 2000;

/**
 * Runs the demo to its end; with `stay`, or at a screen, until the browser is closed.
 *
 * @param onResting called when all is done but waiting for the person to end it
 * @throws LauncherError, BrowserError
 */
export async function runDemo(
  options: LaunchOptions,
  folder: RunFolder,
  cleanup: Cleanup,
  onResting: () => void,
): Promise<void> {
  rmSync(PLACE.results, { recursive: true, force: true });
  mkdirSync(PLACE.results, { recursive: true });
  const transcript = new Transcript(join(PLACE.results, "transcript.txt"));
  const { CONFIRM_BROKER: _broker, CONFIRM_FROM: _from, ...env } = process.env;
  const processes = new Processes({ ...env, CONFIRM_HOME: folder.home });
  cleanup.add(() => processes.end());
  await Promise.race([processes.failed, steps(options, folder, cleanup, transcript, processes, onResting)]);
}

async function steps(
  options: LaunchOptions,
  folder: RunFolder,
  cleanup: Cleanup,
  transcript: Transcript,
  processes: Processes,
  onResting: () => void,
): Promise<void> {
  transcript.say("Bank of Ethel: a payment that goes through only when it was accepted in the co-browser\n");
  const choice = startBrowser({ ...options, profile: folder.profile });
  cleanup.add(async () => {
    // One that has not started by then is killed by its driver at the exit.
    const late = sleep(START_MS, undefined, { ref: false });
    await (await Promise.race([choice.started.catch(() => undefined), late]))?.close();
  });
  const broker = await transcript.during("Starting the broker", startBroker(processes, folder));
  const isUsual = new URL(broker).port === String(USUAL_BROKER_PORT);
  transcript.step(`The broker runs at ${broker}${isUsual ? "" : ` (port ${USUAL_BROKER_PORT} is taken)`}.`);
  const bank = await transcript.during("Starting the bank", startBankProcess(processes, folder, broker));
  transcript.step(`The Bank of Ethel runs at ${bank}.`);
  const browser = await transcript.during(`Starting ${choice.name}`, choice.started);
  transcript.step(`${browser.name} runs with the extension in it${options.headless ? ", without a window" : ""}.`);
  const code = await addAccount(processes, folder, ACCOUNT);
  transcript.step(`The broker has a new account, ${ACCOUNT}; its connect code is ${code}.`);
  const enrolled = await transcript.during("Connecting the account", enrol(browser, ACCOUNT, code, broker));
  transcript.step(
    `${ACCOUNT} is connected by typing address and code into the extension's options page. Its new device is`,
    enrolled.deviceKid,
    "and it knows the broker by the key that the broker itself prints,",
    enrolled.serviceKid,
  );
  const printed = await readFile(logOf("broker"), "utf8");
  expect(printed.includes(enrolled.serviceKid), `The broker's key is not ${enrolled.serviceKid}.`);

  const resting = { transcript, browser, folder, account: ACCOUNT, broker, bank };
  if (!options.headless) {
    await browser.openTab(`${bank}/login`);
    sayYourTurn(resting);
    return rest(resting, onResting);
  }
  const { receipt } = await makePayment({ browser, transcript, bank, account: ACCOUNT, enrolled });
  await verifyReceipt(processes, transcript, receipt, enrolled.deviceKid);
  transcript.say("\nThe payment was made, because it was accepted in the popup. To look at:");
  for (const name of PICTURES) transcript.say(`  ${shown(picture(name))}`);
  transcript.say(`  ${shown(receipt)}  (verified)`);
  if (!options.stay) return;
  await answerByWord(resting);
  await rest(resting, onResting);
}

async function rest(resting: Resting, onResting: () => void): Promise<void> {
  sayBeside(resting);
  resting.transcript.say("\nEverything runs until Ctrl-C, or until the browser is closed.");
  onResting();
  await resting.browser.closed;
}
