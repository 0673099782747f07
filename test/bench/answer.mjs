/** How long after the click on Accept the broker has the answer stored, which is when an enquirer that waits is told. */
import { resolve } from "node:path";
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { ACCOUNT, badgeShows, launchCoBrowser, missingBrowser } from "./co-browser.mjs";
import { Sender } from "./sender.mjs";
import { quantile } from "./statistics.mjs";
import { digits, table } from "./table.mjs";

const EXTENSION = resolve(import.meta.dirname, "../../dist/chrome");
const PATIENCE_MS = 15_000;

export async function benchAnswer({ quick, say }) {
  const skipped = missingBrowser();
  if (skipped !== undefined) return { data: { skipped }, lines: [skipped], problems: [] };
  const broker = await startBroker(temporaryFolder());
  const sender = await Sender.open(broker.port);
  const { chromium, watch } = await launchCoBrowser(EXTENSION, broker, sender.kid);
  const times = [];
  // The first one opens caches and is not counted.
  for (let count = quick ? 4 : 11; count > 0; count -= 1) times.push(await once(chromium, watch, sender));
  times.shift();
  say(`${times.length} answers`);
  const data = { n: times.length, p50Ms: quantile(times, 0.5), maxMs: Math.max(...times) };
  const rows = [["signed, stored here, sent, stored there", data.n, digits(data.p50Ms), digits(data.maxMs)]];
  return { data, lines: table(["Click on Accept to the enquirer's answer", "n", "p50 ms", "max"], rows), problems: [] };
}

async function once(chromium, watch, signer) {
  // Of its own, because the broker closes a connection that was silent while a popup opened.
  const sender = signer.another();
  const { brokerId } = await sender.post(ACCOUNT);
  await badgeShows(watch, "1", PATIENCE_MS);
  const popup = await chromium.openPopup();
  await popup.getByTestId("accept").waitFor();
  await popup.evaluate(noteClick);
  await popup.waitForFunction(isLive, undefined, { timeout: PATIENCE_MS });
  const waiter = signer.another();
  const answered = waiter.waitForAnswer(brokerId);
  await popup.getByTestId("accept").click();
  const [clicked, stored] = await Promise.all([popup.evaluate(() => globalThis.clicked), answered]);
  await popup.close();
  sender.close();
  waiter.close();
  return stored - clicked;
}

/** Runs in the popup. */
function noteClick() {
  const now = (event) => {
    globalThis.clicked ??= performance.timeOrigin + event.timeStamp;
  };
  globalThis.document.addEventListener("click", now, { capture: true });
}

/** Runs in the popup. */
function isLive() {
  return globalThis.document.querySelector("[data-testid=accept]:enabled") !== null;
}
