/** Where a run was made: figures of two machines cannot be compared, ratios sometimes can. */
import { statfsSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";

const TMPFS = 0x01021994;

export function machine() {
  const [first, ...others] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: first?.model.trim() ?? "unknown",
    cores: others.length + 1,
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    /** Runnable processes in the last minute: much above zero, and others use the machine too. */
    load: loadavg()[0],
    /** A commit costs nothing there, and the figures of both servers are too good. */
    temporaryFilesInMemory: process.platform === "linux" && statfsSync(tmpdir()).type === TMPFS,
  };
}

/** One line for people. */
export function machineLine({ date, cpu, cores, platform, node, load, temporaryFilesInMemory }) {
  const memory = temporaryFilesInMemory ? "; temporary files are in memory, so commits cost nothing" : "";
  return `${date.slice(0, 16).replace("T", " ")} UTC, ${cpu}, ${cores} cores, ${platform}, Node ${node}, load ${load.toFixed(1)}${memory}`;
}
