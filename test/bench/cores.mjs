/**
 * Which core does what: the servers that are compared have one to themselves, the load generator another, so that neither
 * takes time from the other. Where there is no second core, or no `taskset`, all run where the system puts them, and the bench says so.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpus } from "node:os";

const SERVERS = "0";
const LOAD = "1";

/** Not `availableParallelism`, which counts those where this process may run, and so would find one. */
const ALL = cpus().length;

let apart = false;

/** Moves this process, the load generator, to its core; what it starts from now on as a server has the other. */
export function separateCores() {
  if (ALL < 2) return;
  const moved = spawnSync("taskset", ["--all-tasks", "--pid", "--cpu-list", LOAD, String(process.pid)]);
  apart = moved.status === 0;
}

/** Lets this process run anywhere again. */
export function joinCores() {
  if (apart) spawnSync("taskset", ["--all-tasks", "--pid", "--cpu-list", `0-${ALL - 1}`, String(process.pid)]);
  apart = false;
}

/** Starts a command on the servers' core. */
export function spawnOnServersCore(command, options) {
  const [program, ...args] = apart ? ["taskset", "--cpu-list", SERVERS, ...command] : command;
  return spawn(program, args, options);
}

/** How the cores are shared, in words. */
export function coresLine() {
  return apart
    ? "Server on one core with all its threads, load generator on another."
    : "Server and load generator share the cores: there is one core only, or no taskset.";
}
