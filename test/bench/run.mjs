/**
 * The bench: what a confirmation costs, and how long a user waits. Runs its parts one after the other, on loopback and
 * in temporary folders only, within ten minutes, and then ten idle ones. `docs/benchmarks.md` says what each figure means.
 */
import { writeFileSync } from "node:fs";
import { benchAnswer } from "./answer.mjs";
import { benchBadge } from "./badge.mjs";
import { benchBroker } from "./broker.mjs";
import { endAll, endInTime } from "./cleanup.mjs";
import { benchCrowd } from "./crowd.mjs";
import { benchCrypto } from "./crypto.mjs";
import { benchDevices } from "./devices.mjs";
import { benchIdle } from "./idle.mjs";
import { benchLatency } from "./latency.mjs";
import { machine, machineLine } from "./machine.mjs";
import { readOptions } from "./options.mjs";
import { benchPopup } from "./popup.mjs";
import { benchPush } from "./push.mjs";
import { benchSize } from "./size.mjs";
import { benchStored } from "./stored.mjs";

const LIMIT_MS = 235_000;
/** What some parts take besides: the minutes in which nothing happens, ten thousand devices, a million rows. */
const MORE_MS = { idle: 11 * 60_000, devices: 3 * 60_000, stored: 4 * 60_000, crowd: 60_000 };
/** So many failures are written out. */
const SHOWN = 10;

const PARTS = {
  crypto: { title: "What our rules cost on top of WebCrypto and saxes", run: benchCrypto },
  broker: { title: "Whole confirmations a second: Enquire, Respond, Status", run: benchBroker },
  latency: { title: "One whole confirmation, by how many are under way at once", run: benchLatency },
  push: { title: "From the enquirer to the device over the push channel", run: benchPush },
  devices: { title: "What a device costs that is there and does nothing", run: benchDevices },
  crowd: { title: "What others notice of a thousand enquirers at one account", run: benchCrowd },
  stored: { title: "Pending and Status with a million requests stored", run: benchStored },
  popup: { title: "From openPopup to the request, and to Accept", run: benchPopup },
  badge: { title: "From the broker's acknowledgement to the badge, in Chromium", run: benchBadge },
  answer: { title: "From the click on Accept to the answer, in Chromium", run: benchAnswer },
  size: { title: "Bytes of the extension", run: benchSize },
  idle: { title: "What is sent, and kept in memory, while nothing happens", run: benchIdle },
};

const { parts, json, ...options } = readOptions(process.argv.slice(2), Object.keys(PARTS));
const limit = parts.reduce((sum, part) => sum + (MORE_MS[part] ?? 0), LIMIT_MS);
const inTime = endInTime(limit);
const end = performance.now() + LIMIT_MS;
const where = machine();
const report = { machine: where, quick: options.quick };
console.log(machineLine(where));

let failed = false;
for (const part of parts) {
  const { title, run } = PARTS[part];
  console.log(`\n${title}\n`);
  const { data, lines, problems } = await runPart(part, run);
  report[part] = { ...data, problems };
  for (const line of lines) console.log(line);
  for (const problem of problems.slice(0, SHOWN)) console.log(`FAILED: ${problem}`);
  if (problems.length > SHOWN) console.log(`FAILED: and ${problems.length - SHOWN} more`);
  failed ||= problems.length > 0;
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
inTime();
process.exit(failed ? 1 : 0);

/** Runs one part; whatever it started is gone after. */
async function runPart(name, run) {
  try {
    const say = (text) => console.error(`  ${name}: ${text}`);
    const { data, lines, problems } = await run({ ...options, say, timeLeft: () => end - performance.now() });
    return { data, lines, problems: [...problems, ...(await endAll()).map(String)] };
  } catch (error) {
    const failures = [error, ...(await endAll())];
    return { data: {}, lines: [], problems: failures.map((one) => one.stack ?? String(one)) };
  }
}
