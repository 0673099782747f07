/**
 * How long after the broker acknowledged a request the badge shows it, in Chromium: over the open push channel, and with
 * the extension's worker killed before, where only the alarm wakes it.
 */
import { resolve } from "node:path";
import { startBroker } from "./broker-child.mjs";
import { temporaryFolder } from "./cleanup.mjs";
import { ACCOUNT, badgeShows, launchCoBrowser, missingBrowser } from "./co-browser.mjs";
import { Sender } from "./sender.mjs";
import { quantile } from "./statistics.mjs";
import { digits, table } from "./table.mjs";

const EXTENSION = resolve(import.meta.dirname, "../../dist/chrome");
const AWAKE_MS = 10_000;
/** The alarm comes every 30 seconds. */
const KILLED_MS = 40_000;
const KILLED = 3;

export async function benchBadge({ quick, say, timeLeft }) {
  const skipped = missingBrowser();
  if (skipped !== undefined) return { data: { skipped }, lines: [skipped], problems: [] };
  const broker = await startBroker(temporaryFolder());
  const sender = await Sender.open(broker.port);
  const { chromium, watch } = await launchCoBrowser(EXTENSION, broker, sender.kid);

  const awake = [];
  // The first one opens caches and is not counted.
  for (let count = quick ? 16 : 41; count > 0; count -= 1) awake.push(await once(sender, watch, AWAKE_MS));
  awake.shift();
  say(`${awake.length} times with the worker awake`);
  const killed = [];
  while (!quick && killed.length < KILLED && timeLeft() > 2 * KILLED_MS) {
    await chromium.killWorker();
    // A line of its own: the broker closes one that is silent for as long as an alarm takes.
    const again = sender.another();
    killed.push(await once(again, watch, KILLED_MS));
    again.close();
  }
  say(`${killed.length} times with the worker killed before`);
  sender.close();
  const data = { awake: summary(awake), killed: summary(killed) };
  return { data, lines: lines(data), problems: [] };
}

/** Milliseconds from the broker's acknowledgement to the badge. The request is taken back after. */
async function once(sender, watch, patience) {
  const [shown, { brokerId, acknowledged }] = await Promise.all([
    badgeShows(watch, "1", patience),
    sender.post(ACCOUNT),
  ]);
  const ms = shown - acknowledged;
  await sender.cancel(brokerId);
  await badgeShows(watch, "", AWAKE_MS);
  return ms;
}

function summary(values) {
  if (values.length === 0) return { n: 0 };
  return { n: values.length, p50Ms: quantile(values, 0.5), p99Ms: quantile(values, 0.99), maxMs: Math.max(...values) };
}

function lines({ awake, killed }) {
  return [
    ...table(
      ["Enquire acknowledged to badge", "n", "p50 ms", "p99 ms"],
      [
        ["worker awake, push channel open", awake.n, digits(awake.p50Ms), digits(awake.p99Ms)],
        ...(killed.n === 0 ? [] : [["worker killed before", killed.n, digits(killed.p50Ms), digits(killed.maxMs)]]),
      ],
    ),
    "",
    killed.n === 0
      ? "A killed worker is woken by its alarm, every 30 seconds: not measured in a short run."
      : "A killed worker is woken by its alarm, every 30 seconds; of so few the greatest stands for p99.",
  ];
}
