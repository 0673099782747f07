/**
 * What `npm start` becomes once everything is built: runs the demo, and leaves nothing behind however it ends. Ends with
 * 0 when the demo did what it says, 1 when not, 130 and the like when a signal ended it.
 */
import { constants } from "node:os";
import { HELP, type LaunchOptions, readArguments } from "./launcher/arguments.ts";
import { Cleanup } from "./launcher/cleanup.ts";
import { LauncherError } from "./launcher/launcher-error.ts";
import { runDemo } from "./launcher/run-demo.ts";
import { makeRunFolder, type RunFolder } from "./launcher/run-folder.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** npm passes Ctrl-C on to us, who have it from the terminal already: within this time it is the same. */
const SAME_MS = 1000;
/** How often it is asked whether the parent is there. */
const ORPHAN_MS = 500;

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = readArguments(process.argv.slice(2), process.env, process.platform);
    if (!options.help) return await launch(options);
    console.log(HELP);
    return 0;
  } catch (error) {
    return report(error);
  }
}

async function launch(options: LaunchOptions): Promise<number> {
  const folder = makeRunFolder();
  const cleanup = new Cleanup();
  cleanup.add(() => folder.remove());
  let isResting = false;
  let isEnding = false;
  const ended = new Promise<number>((resolve) => {
    let first: number | undefined;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        const code = 128 + constants.signals[signal];
        first ??= performance.now();
        if (performance.now() - first > SAME_MS) leave(folder, code);
        if (!isEnding) console.log("\nEnding: the browser, the bank and the broker are closed.");
        isEnding = true;
        resolve(isResting ? 0 : code);
      });
    }
    whenOrphaned(() => {
      isEnding = true;
      resolve(128 + constants.signals.SIGTERM);
    });
    process.on("uncaughtException", (error) => resolve(report(error)));
  });
  const onResting = (): void => {
    isResting = true;
  };
  const ran = runDemo(options, folder, cleanup, onResting).then(
    () => 0,
    // What breaks because it is being ended is no news.
    (error: unknown) => (isEnding ? 1 : report(error)),
  );
  const code = await Promise.race([ended, ran]);
  isEnding = true;
  await cleanup.run();
  return leave(folder, code);
}

/** npm passes a signal on to its shell, and the shell to nobody: where it is gone, somebody has ended us. */
function whenOrphaned(end: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) end();
  }, ORPHAN_MS);
  timer.unref();
}

/** Ends at once. What the libraries do at the exit comes first: it kills what has not ended. */
function leave(folder: RunFolder, code: number): never {
  process.once("exit", () => folder.removeNow());
  process.exit(code);
}

function report(error: unknown): number {
  const next = error instanceof LauncherError ? error.next : "See the pictures and logs in dist/demo, and try again.";
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n${next}`);
  return 1;
}
