/** Chromium with the extension, set up as a user would: the account connected and the sender pinned on the options page. */
import { Chromium } from "../../dist/node/demo/browser/chromium.js";
import { waitUntil } from "../../dist/node/demo/browser/wait.js";
import { findChromium } from "../../dist/node/demo/prepare/browsers.mjs";
import { onEnd } from "./cleanup.mjs";
import { FROM } from "./payment.mjs";

const OPTIONS = "src/extension/options/index.html";
const OPTIONS_MS = 15_000;
/** A page of the extension that runs none of its code, so that a look from there costs the extension nothing. */
const WATCH = "manifest.json";

export const ACCOUNT = "alice@localhost";

/** Why there is nothing to measure; undefined where there is a browser. */
export function missingBrowser() {
  return findChromium() === undefined ? "skipped: there is no Chromium or Chrome on this machine" : undefined;
}

/**
 * Starts the browser with an extension's folder, connects the account and pins the sender, by typing.
 *
 * @param args - more of the browser's own options
 * @returns the browser and a page to watch from
 */
export async function launchCoBrowser(extension, broker, senderKid, args = []) {
  const chromium = await Chromium.launch({ extension, handleSignals: false, args });
  onEnd(() => chromium.close());
  // The page opens by itself after the installation, in the empty tab; that tab must stay, the driver's hold is in it.
  const page = await waitUntil("the options page opens", OPTIONS_MS, () => {
    return Promise.resolve(chromium.context.pages().find((candidate) => candidate.url() === chromium.url(OPTIONS)));
  });
  await page.getByTestId("account").fill(ACCOUNT);
  await page.getByTestId("code").fill(await broker.code(ACCOUNT));
  await page.getByTestId("broker").fill(broker.origin);
  await page.getByTestId("connect").click();
  await page.getByTestId("fingerprint").first().waitFor();
  await page.getByTestId("pin-from").fill(FROM);
  await page.getByTestId("pin-kid").fill(senderKid);
  await page.getByTestId("pin-checked").selectOption("page");
  await page.getByTestId("pin-add").click();
  await page.getByTestId("pin").first().waitFor();
  await page.goto(chromium.url(WATCH));
  return { chromium, watch: page };
}

/** Resolves to the time (milliseconds since 1970) at which the badge shows `text`; rejects after `ms`. */
export function badgeShows(watch, text, ms) {
  return watch.evaluate(
    async ({ wanted, until }) => {
      const { action } = globalThis.chrome;
      while (Date.now() < until) {
        if ((await action.getBadgeText({})) === wanted) return Date.now();
        await new Promise((resolve) => {
          setTimeout(resolve, 1);
        });
      }
      throw new Error(`The badge did not show "${wanted}" in time.`);
    },
    { wanted: text, until: Date.now() + ms },
  );
}
