/**
 * Fuzzes at length: a million mutated messages at the broker, in as many processes as there are processors, and many times
 * the usual number at its sockets and at every decoder. Ends with 0 if nothing was found.
 *
 * usage: npm run fuzz -- [--messages 1000000] [--seed N] [--processes N]
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { messages: { type: "string" }, seed: { type: "string" }, processes: { type: "string" } },
});
const messages = Number(values.messages ?? 1_000_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const processes = Number(values.processes ?? availableParallelism());
const root = join(import.meta.dirname, "../..");
const share = Math.ceil(messages / processes);
console.log(`${messages} messages in ${processes} processes of ${share}; again with: npm run fuzz -- --seed ${seed}`);

/** Seeds far apart, because a process counts on from its own. */
const runs = Array.from({ length: processes }, (_, index) =>
  run({ FUZZ_MESSAGES: String(share), SEED: String(seed + index * 1_000_003) }),
);
const ends = await Promise.all(runs);
ends.forEach(({ code, signal }, index) => {
  // A process that somebody ended has found nothing, and has not shown that there is nothing.
  console.log(`Process ${index + 1} ended ${signal === null ? `with ${code}` : `by ${signal}, before its time`}.`);
});
process.exit(ends.every(({ code }) => code === 0) ? 0 : 1);

function run(environment) {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--project", "unit", "--maxWorkers=1", "--testTimeout=86400000", "test/fuzz"];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...environment }, stdio: "inherit" });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}
