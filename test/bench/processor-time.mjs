/** What processes have used of the processor, as Linux counts it. */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of all threads of a process; undefined where the system does not tell. */
export function cpuMsOf(pid) {
  try {
    const threads = `/proc/${pid}/task`;
    const nanoseconds = readdirSync(threads).map((id) =>
      Number(readFileSync(`${threads}/${id}/schedstat`, "latin1").split(" ", 1)[0]),
    );
    return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
  } catch {
    return undefined;
  }
}

/** The same of a process and those that it started, which is what a database server is. */
export function cpuMsOfTree(pid) {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children].reduce((sum, one) => sum + (cpuMsOf(one) ?? 0), 0);
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
