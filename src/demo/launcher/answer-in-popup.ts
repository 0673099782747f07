/** The answer in the real popup: what it shows before Accept is armed, after, and once it was clicked. */
import { waitUntil } from "../browser/wait.ts";
import { BANK_ID } from "../bank/confirmation-text.ts";
import { type Popup, testid } from "./co-browser.ts";
import { expect } from "./expect.ts";
import type { Demo } from "./demo.ts";
import { picture } from "./place.ts";

export interface Asked {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

const PATIENCE_MS = 15_000;

/**
 * Opens the popup, reads it as the customer would, and accepts.
 *
 * @throws LauncherError `step` where the popup shows anything else than what the bank asked
 */
export async function answerInPopup(
  { browser, transcript }: Pick<Demo, "browser" | "transcript">,
  asked: Asked,
): Promise<void> {
  const popup = await browser.openPopup();
  await pictureBeforeArming(popup);
  const [sender = "", trust = "", heading = ""] = await Promise.all(
    ["sender", "trust", "heading"].map(async (name) => (await popup.texts(testid(name)))[0] ?? ""),
  );
  const paragraphs = await popup.texts(testid("paragraph"));
  const text = [heading, ...paragraphs];
  transcript.step(
    `She opens the co-browser's popup. It shows, with Accept not yet armed:`,
    `${sender} (${trust})`,
    ...text,
  );
  expect(sender.includes(BANK_ID), `The popup names "${sender}" as the sender.`);
  const isWhole = JSON.stringify(text) === JSON.stringify([asked.heading, ...asked.paragraphs]);
  expect(isWhole, "The popup does not show exactly the text that the bank asked.");

  await waitUntil("Accept is armed", PATIENCE_MS, async () => (await popup.isLive(ACCEPT)) || undefined);
  await popup.screenshot(picture("popup-armed"));
  const [label] = await popup.texts(ACCEPT);
  transcript.step(`After a moment of attention the button is armed: "${label ?? ""}".`);
  await popup.click(ACCEPT);
  await waitUntil("the delivery", PATIENCE_MS, async () => (await popup.texts(RESULT)).find(hasTime));
  await popup.screenshot(picture("popup-result"));
  transcript.step("She clicks it. The popup signs, delivers, and says:", ...(await popup.texts(RESULT)));
  await popup.close();
}

const ACCEPT = testid("accept");
const RESULT = `${testid("result")} p`;

/** The line that says when the broker had the answer. */
function hasTime(line: string): boolean {
  return /\d:\d\d/.test(line);
}

/** Takes a picture with Accept dead before it and after, and so on it: on a busy machine not always the first. */
async function pictureBeforeArming(popup: Popup): Promise<void> {
  const lookBack = await popup.lookAway();
  await waitUntil("the request in the popup", PATIENCE_MS, async () => (await popup.texts(testid("heading")))[0]);
  await waitUntil("a picture with Accept not yet armed", PATIENCE_MS, async () => {
    if (await popup.isLive(ACCEPT)) return undefined;
    await popup.screenshot(picture("popup-before-arming"));
    return (await popup.isLive(ACCEPT)) ? undefined : true;
  });
  await lookBack();
}
