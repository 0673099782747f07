/**
 * Kills brokers at length: a thousand times a store, where `npm test` does it forty times. Progress is on stderr. Ends with
 * 0 if nothing that was acknowledged got lost and nothing happened twice.
 *
 * usage: npm run soak -- [--times 1000] [--store sqlite|postgres] [--seed N] [--help]
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const USAGE = `usage: npm run soak -- [--times 1000] [--store sqlite|postgres] [--seed N]

Kills a broker with kill -9 at random moments of writes under load, so many times on each store, on PostgreSQL at times the
server, and looks after all of it that everything acknowledged is there once. The same seed makes the same choices.`;

const options = { times: { type: "string" }, store: { type: "string" }, seed: { type: "string" } };
const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
if (values.help === true) {
  console.log(USAGE);
  process.exit(0);
}
const times = Number(values.times ?? 1000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const isKnown = values.store === undefined || ["sqlite", "postgres"].includes(values.store);
if (!Number.isInteger(times) || times < 1 || !Number.isInteger(seed) || !isKnown) {
  console.error(USAGE);
  process.exit(2);
}
const again = values.store === undefined ? "" : ` --store ${values.store}`;
console.error(`${times} kills a store; again with: npm run soak -- --times ${times}${again} --seed ${seed}`);

const root = join(import.meta.dirname, "../../..");
const env = {
  ...process.env,
  CONFIRM_KILLS: String(times),
  SEED: String(seed),
  ...(values.store === undefined ? {} : { CONFIRM_KILL_STORE: values.store }),
};
const vitest = join(root, "node_modules/vitest/vitest.mjs");
// The file stands first: what follows the last option would be taken for its value, and every test would run.
const args = [
  "run",
  "test/broker/faults/kill.test.ts",
  "--project",
  "unit",
  "--maxWorkers=1",
  "--disable-console-intercept",
];
const child = spawn(process.execPath, [vitest, ...args], { cwd: root, env, stdio: "inherit" });
child.on("close", (code) => process.exit(code ?? 1));
