/** Sending a signal so that it is known whether the process was still running when it came. Linux only: it reads /proc. */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The kernel's mark of a process that is ending and takes no signals any more. */
const PF_EXITING = 0x4;

/**
 * Sends a signal.
 *
 * @returns false where the process had ended, or was past stopping, before the signal
 */
export async function signalled(child: ChildProcess, signal: NodeJS.Signals): Promise<boolean> {
  child.kill("SIGSTOP");
  for (;;) {
    const state = stateOf(child);
    if (state === "gone") return false;
    if (state === "stopped") break;
    await sleep(1);
  }
  // Nothing can happen in it between these two: the signal is there before it goes on.
  child.kill(signal);
  child.kill("SIGCONT");
  return true;
}

function stateOf({ pid, exitCode, signalCode }: ChildProcess): "running" | "stopped" | "gone" {
  if (pid === undefined || exitCode !== null || signalCode !== null) return "gone";
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "gone";
  }
  // The name before it may hold anything, in parentheses.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state = ""] = fields;
  if (state === "Z" || state === "X" || (Number(fields[6]) & PF_EXITING) !== 0) return "gone";
  return state === "T" ? "stopped" : "running";
}
