/**
 * What `npm test` calls last. Tests in browsers take longest and leave half of the processor's time, as they wait for what
 * the screen shows. All others run beside them in that time, and yield to them: so their waits stay what they are alone.
 *
 * usage: node test/run.mjs                     all of them
 *        node test/run.mjs ARGUMENTS           what Vitest makes of its own arguments: files, -t NAME, --project NAME, ...
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const VITEST = resolve(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
/** By how much each part yields to others, 0 to 19. */
const PARTS = [
  { projects: ["browser"], yields: 0 },
  { projects: ["unit", "shared"], yields: 5 },
];
/** The last line of a run (test/support/summary-reporter.ts). */
const COUNTS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

const args = process.argv.slice(2);
process.exitCode = args.length > 0 ? await whatIsAsked() : await all();

async function whatIsAsked() {
  const [code] = await once(spawn(process.execPath, [VITEST, "run", ...args], { stdio: "inherit" }), "close");
  return code ?? 1;
}

async function all() {
  const sum = [0, 0, 0];
  const running = PARTS.map(start);
  const end = (signal, code) => {
    process.once(signal, () => {
      for (const { pid } of running) endAll(pid);
      process.exit(code);
    });
  };
  end("SIGINT", 130);
  end("SIGTERM", 143);
  end("SIGHUP", 129);
  const codes = await Promise.all(running.map((one) => follow(one, sum)));
  const [passed, failed, skipped] = sum;
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return codes.every((code) => code === 0) ? 0 : 1;
}

/** A session of its own, which can be ended as a whole: where Linux shares the processor out by session, one yields to another. */
function start({ projects, yields }) {
  const child = spawn(process.execPath, [VITEST, "run", ...projects.flatMap((name) => ["--project", name])], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: process.stdout.isTTY ? { ...process.env, FORCE_COLOR: "1" } : process.env,
  });
  if (child.pid !== undefined) yieldBy(child.pid, yields);
  return child;
}

function yieldBy(pid, yields) {
  setPriority(pid, yields);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(yields));
  } catch {
    // Where there is no such thing the priority counts alone.
  }
}

function endAll(pid) {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has ended.
  }
}

/** Prints what a part says, a line at a time, and takes its counts. Resolves with its exit code. */
async function follow(child, sum) {
  const print = (stream, to) => {
    const lines = createInterface({ input: stream });
    lines.on("line", (line) => {
      const counts = COUNTS.exec(line);
      if (counts === null) to.write(`${line}\n`);
      else sum.forEach((_, index) => (sum[index] += Number(counts[index + 1] ?? 0)));
    });
    return once(lines, "close");
  };
  const [[code]] = await Promise.all([
    once(child, "close"),
    print(child.stdout, process.stdout),
    print(child.stderr, process.stderr),
  ]);
  return code ?? 1;
}
