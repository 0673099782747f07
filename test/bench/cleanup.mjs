/**
 * What has to be undone when the bench ends, however it ends: processes, browsers, temporary folders. Undone in the
 * opposite order, also on Ctrl-C and when the time is up; each once.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const undos = [];
/** Whoever comes while it is under way waits for it too: the process must not end before it. */
let ending;

/** Registers `undo`, which may be asynchronous; what is returned runs it early. */
export function onEnd(undo) {
  let done;
  const once = () => (done ??= Promise.resolve().then(undo));
  undos.push(once);
  return once;
}

/** Undoes everything. One undo that fails does not keep the others from running; the failures are returned. */
export async function endAll() {
  ending ??= undoAll();
  const failures = await ending;
  ending = undefined;
  return failures;
}

async function undoAll() {
  const failures = [];
  for (const undo of undos.splice(0).reverse()) {
    await undo().catch((error) => failures.push(error));
  }
  return failures;
}

/** A temporary folder that is gone at the end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "mesh-confirm-bench-"));
  onEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return folder;
}

/**
 * Ends the process with 1 after `ms`, and with 130 on Ctrl-C, each after undoing everything.
 *
 * @returns a function that takes the limit away
 */
export function endInTime(ms) {
  const leave = async (sentence, code) => {
    console.error(sentence);
    await Promise.race([endAll(), sleep(10_000)]);
    process.exit(code);
  };
  process.once("SIGINT", () => void leave("Stopped.", 130));
  process.once("SIGTERM", () => void leave("Stopped.", 143));
  const timer = setTimeout(() => void leave(`The bench did not end within ${ms / 1000} seconds.`, 1), ms);
  return () => clearTimeout(timer);
}
