/**
 * How long after `openPopup` the request is on the screen, and after which Accept is live, beside a bare popup: a static
 * page in an extension of its own, in the same browser, opened in turn. One request of a pinned sender waits, so Accept
 * needs nothing of the user but the 600 ms that it waits anyway.
 */
import { join } from "node:path";
import { LIMITS } from "../../dist/node/protocol/index.js";
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { ACCOUNT, badgeShows, launchCoBrowser, missingBrowser } from "./co-browser.mjs";
import { bareExtension, markedExtension } from "./popup-extensions.mjs";
import { Sender } from "./sender.mjs";
import { median, quantile } from "./statistics.mjs";
import { digits, table } from "./table.mjs";

const PATIENCE_MS = 10_000;

export async function benchPopup({ quick, say }) {
  const skipped = missingBrowser();
  if (skipped !== undefined) return { data: { skipped }, lines: [skipped], problems: [] };
  const folder = temporaryFolder();
  const broker = await startBroker(folder);
  const sender = await Sender.open(broker.port);
  const { chromium, watch } = await launchCoBrowser(markedExtension(join(folder, "ours")), broker, sender.kid);
  const bare = await loadBare(chromium, bareExtension(join(folder, "bare")));
  await sender.post(ACCOUNT);
  sender.close();
  await badgeShows(watch, "1", PATIENCE_MS);

  const ours = { url: chromium.url(""), watch };
  const times = { ours: [], bare: [], stopped: [] };
  for (let count = quick ? 6 : 16; count > 0; count -= 1) {
    times.bare.push(await openFromWorker(chromium, bare));
    times.ours.push(await openFromWorker(chromium, ours));
  }
  say(`${times.ours.length} times each, in turn`);
  for (let count = quick ? 2 : 5; count > 0; count -= 1) {
    await chromium.killWorker();
    times.stopped.push(await opened(watch, () => watch.evaluate(openPopup)));
  }
  say(`${times.stopped.length} times with the worker stopped before`);
  // The first of each opens caches and is not counted.
  const rows = { bare: times.bare.slice(1), ours: times.ours.slice(1), stopped: times.stopped };
  const data = figures(rows);
  return { data, lines: lines(data), problems: [] };
}

/** Loads the bare extension into the same browser, with a page of its own to watch from. */
async function loadBare(chromium, path) {
  const session = await chromium.context.browser().newBrowserCDPSession();
  const { id } = await session.send("Extensions.loadUnpacked", { path });
  await session.detach();
  const url = `chrome-extension://${id}/`;
  const watch = await chromium.context.newPage();
  await watch.goto(`${url}manifest.json`);
  return { url, watch };
}

/** Runs in the extension: the time before, because the promise waits for the popup. */
function openPopup() {
  const now = Date.now();
  return globalThis.chrome.action.openPopup().then(() => now);
}

async function openFromWorker(chromium, { url, watch }) {
  const worker = await workerOf(chromium, url);
  return opened(watch, () => worker.evaluate(openPopup));
}

async function workerOf(chromium, url) {
  if (url === chromium.url("")) return chromium.worker();
  const running = chromium.context.serviceWorkers().find((worker) => worker.url().startsWith(url));
  return running ?? chromium.context.waitForEvent("serviceworker");
}

/** Milliseconds from just before the call to the marks of the popup, which closes itself after the last. */
async function opened(watch, open) {
  await watch.evaluate(listenForMarks);
  const before = await open();
  const { content, armed } = await watch.evaluate(marksWithin, PATIENCE_MS);
  await watch.waitForFunction(() => globalThis.chrome.extension.getViews({ type: "popup" }).length === 0);
  // What the browser does with a window that is gone must not be in the next one's time.
  await watch.waitForTimeout(200);
  return { content: content - before, armed: armed - before };
}

function listenForMarks() {
  const channel = new globalThis.BroadcastChannel("bench");
  globalThis.marks = new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data);
    };
  });
}

function marksWithin(ms) {
  const late = new Promise((_resolve, reject) => {
    setTimeout(reject, ms, new Error("The popup did not show a request and arm Accept in time."));
  });
  return Promise.race([globalThis.marks, late]);
}

function figures({ bare, ours, stopped }) {
  const of = (times) => {
    const content = times.map((one) => one.content);
    const armed = times.map((one) => one.armed);
    return {
      n: times.length,
      content: { p50Ms: quantile(content, 0.5), maxMs: Math.max(...content) },
      armed: { p50Ms: quantile(armed, 0.5), maxMs: Math.max(...armed) },
    };
  };
  const middle = (times, name) => median(times.map((one) => one[name]));
  return {
    bare: of(bare),
    ours: of(ours),
    workerStopped: of(stopped),
    ratio: {
      content: middle(ours, "content") / middle(bare, "content"),
      armed: middle(ours, "armed") / middle(bare, "armed"),
      armedLessWait: (middle(ours, "armed") - LIMITS.armingMs) / middle(bare, "armed"),
    },
  };
}

function lines({ bare, ours, workerStopped, ratio }) {
  const row = (label, { n, content, armed }) => [
    label,
    n,
    ...[content.p50Ms, content.maxMs, armed.p50Ms, armed.maxMs].map((ms) => digits(ms)),
  ];
  return [
    ...table(
      ["openPopup to", "n", "content p50 ms", "max", "armed p50 ms", "max"],
      [row("bare popup", bare), row("ours", ours), row("ours, worker stopped before", workerStopped)],
    ),
    "",
    `Ratio to the bare popup: content ${digits(ratio.content, 2)}, armed ${digits(ratio.armed, 2)},`,
    `armed without the ${LIMITS.armingMs} ms that it waits on purpose ${digits(ratio.armedLessWait, 2)}.`,
  ];
}
