/** The processes that the demo starts. Each is ended when the demo ends: asked first, then by force. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LauncherError } from "./launcher-error.ts";

const PATIENCE_MS = 3000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Processes {
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();
  /** Rejects when a service ends by itself. */
  readonly failed: Promise<never>;
  #fail: (error: LauncherError) => void = () => undefined;
  #isEnding = false;

  /** @param env what every process gets */
  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    process.once("exit", () => {
      for (const child of this.#running) child.kill("SIGKILL");
    });
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Nobody may be waiting yet.
    this.failed.catch(() => undefined);
  }

  /** Starts a service, which writes to a log file. @param name - such as "The broker" */
  serve(name: string, log: string, args: readonly string[]): void {
    const file = openSync(log, "w");
    const child = this.#spawn(args, ["ignore", file, file]);
    closeSync(file);
    child.once("exit", (code, signal) => {
      if (this.#isEnding) return;
      const how = code === null ? `was ended by ${String(signal)}` : `ended with ${String(code)}`;
      this.#fail(new LauncherError("process", `${name} ${how}.`, `See why in ${log}.`));
    });
  }

  /** Runs a program of Node to its end. */
  async run(args: readonly string[]): Promise<Finished> {
    const child = this.#spawn(args, ["ignore", "pipe", "pipe"]);
    const texts = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (piece: string) => (texts.stdout += piece));
    child.stderr?.setEncoding("utf8").on("data", (piece: string) => (texts.stderr += piece));
    await once(child, "close");
    return { code: child.exitCode, ...texts };
  }

  /** Ends them all. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all([...this.#running].map(endProcess));
  }

  #spawn(args: readonly string[], stdio: ("ignore" | "pipe" | number)[]): ChildProcess {
    const child = spawn(process.execPath, args, { env: this.#env, stdio });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const isLate = await Promise.race([exit.then(() => false), sleep(PATIENCE_MS, true)]);
  if (isLate) child.kill("SIGKILL");
  await exit;
}
