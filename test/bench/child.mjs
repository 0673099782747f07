/** A server as a process of its own: started, watched, stopped. Both servers that are compared are started here. */
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onEnd } from "./cleanup.mjs";
import { spawnOnServersCore } from "./cores.mjs";
import { cpuMsOf } from "./processor-time.mjs";

const START_MS = 15_000;
const STOP_MS = 20_000;

export class Child {
  #process;
  #errors;
  #exit;

  /**
   * Starts `node ARGS` with its stderr in a file of `folder`; it says there when it has started, with a JSON line.
   *
   * @returns the child, with that line as `started`
   */
  static async start(folder, name, args) {
    const child = new Child(folder, name, args);
    const until = performance.now() + START_MS;
    while ((child.started = child.#startedLine()) === undefined) {
      if (child.#process.exitCode !== null || performance.now() > until) {
        throw new Error(`${name} did not start: ${child.errors()}`);
      }
      await sleep(20);
    }
    return child;
  }

  constructor(folder, name, args) {
    this.#errors = join(folder, `${name}.log`);
    const file = openSync(this.#errors, "w");
    this.#process = spawnOnServersCore([process.execPath, ...args], { stdio: ["ignore", "ignore", file] });
    closeSync(file);
    this.#exit = once(this.#process, "exit");
    onEnd(() => this.stop());
  }

  /** What it wrote to stderr. */
  errors() {
    return readFileSync(this.#errors, "utf8");
  }

  /** What of it are JSON lines, parsed. */
  lines() {
    return this.errors()
      .split("\n")
      .filter((text) => text.startsWith("{") && text.endsWith("}"))
      .map((text) => JSON.parse(text));
  }

  signal(name) {
    this.#process.kill(name);
  }

  /** Milliseconds of CPU that it used, all threads together; undefined where the system does not tell. */
  cpuMs() {
    return cpuMsOf(this.#process.pid);
  }

  /** Asks it to stop, and makes it stop where it does not. */
  async stop() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MS);
    await this.#exit;
    clearTimeout(timer);
  }

  #startedLine() {
    return this.lines().find(({ event }) => event === "started");
  }
}
