/** Without a window nobody can click: the words `accept` and `reject`, typed on the terminal, press the popup's buttons. */
import { spawnSync } from "node:child_process";
import { fstatSync } from "node:fs";
import { createInterface } from "node:readline";
import { waitUntil } from "../browser/wait.ts";
import { type CoBrowser, type Popup, testid } from "./co-browser.ts";
import type { Resting } from "./resting.ts";

const PATIENCE_MS = 10_000;

/** Says so, and goes on listening; resolves at once. */
export async function answerByWord({ transcript, browser }: Resting): Promise<void> {
  const remote = await browser.remote();
  transcript.say();
  if (remote !== undefined) transcript.say(`The browser can be looked into at ${remote}.`);
  if (!mayRead()) return;
  transcript.say("Type accept or reject, and Enter, to answer the oldest request in the popup.");
  let last: Promise<void> = Promise.resolve();
  createInterface({ input: process.stdin }).on("line", (line) => {
    const word = line.trim().toLowerCase();
    if (word !== "accept" && word !== "reject") return;
    last = last
      .then(() => press(browser, word))
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      .then((said) => transcript.say(`  ${said}`));
  });
}

/** Whether words can come: a process in the background is stopped, with all of its group, when it reads a terminal. */
function mayRead(): boolean {
  if (!process.stdin.isTTY) return !fstatSync(0).isCharacterDevice();
  const { stdout } = spawnSync("ps", ["-o", "pgid=", "-o", "tpgid=", "-p", String(process.pid)], { encoding: "utf8" });
  const [group, foreground] = (stdout || "").trim().split(/\s+/);
  return group !== undefined && group === foreground;
}

async function press(browser: CoBrowser, button: "accept" | "reject"): Promise<string> {
  const popup = await browser.openPopup();
  try {
    const heading = await firstOf(popup, "heading");
    const tick = testid("expected");
    if (button === "accept" && (await popup.isLive(tick))) await popup.click(tick);
    await waitUntil(button, PATIENCE_MS, async () => (await popup.isLive(testid(button))) || undefined);
    await popup.click(testid(button));
    return `${heading}: ${await firstOf(popup, "result")}`;
  } finally {
    await popup.close();
  }
}

function firstOf(popup: Popup, name: string): Promise<string> {
  return waitUntil(name, PATIENCE_MS, async () => (await popup.texts(testid(name)))[0]);
}
