/** `npm start` as a process of its own, with a temporary folder of its own in which nothing may be left. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { waitUntil } from "../../src/demo/browser/wait.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Left {
  /** Processes of the run, by id, with what was called. */
  readonly processes: ReadonlyMap<number, string>;
  readonly files: readonly string[];
}

export class DemoRun {
  readonly child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<number | null>;
  #output = "";

  private constructor(folder: string, args: readonly string[]) {
    this.#folder = folder;
    const env = { ...process.env, TMPDIR: folder };
    this.child = spawn(process.execPath, ["src/demo/start.mjs", ...args], { cwd: ROOT, env, stdio: "pipe" });
    this.child.stdout?.setEncoding("utf8").on("data", (piece: string) => (this.#output += piece));
    this.child.stderr?.setEncoding("utf8").on("data", (piece: string) => (this.#output += piece));
    this.#ended = new Promise((done) => {
      this.child.once("exit", done);
    });
  }

  /** Starts the demo, without a window. */
  static async start(...args: readonly string[]): Promise<DemoRun> {
    return new DemoRun(await mkdtemp(join(tmpdir(), "mesh-confirm-start-")), ["--headless", ...args]);
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Its exit code. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Waits until it has printed something. */
  async prints(text: string | RegExp, timeout = 120_000): Promise<void> {
    await waitUntil(`${String(text)} in the output`, timeout, () => {
      if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.#output}`);
      const isThere = typeof text === "string" ? this.#output.includes(text) : text.test(this.#output);
      return Promise.resolve(isThere || undefined);
    });
  }

  /** What of it is still there. */
  async left(): Promise<Left> {
    return { processes: await processesNaming(this.#folder), files: await readdir(this.#folder) };
  }

  /** Ends it by force, for tests that failed, and removes its folder. */
  async discard(): Promise<void> {
    for (const pid of (await processesNaming(this.#folder)).keys()) process.kill(pid, "SIGKILL");
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Processes whose environment, or elsewhere than on Linux whose command line, names a folder. */
async function processesNaming(folder: string): Promise<ReadonlyMap<number, string>> {
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-axww", "-o", "pid=,command="], { encoding: "utf8" }).split("\n");
    return new Map(lines.filter((line) => line.includes(folder)).map((line) => [Number.parseInt(line, 10), line]));
  }
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<readonly [number, string][]> => {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      if (!environment.includes(`TMPDIR=${folder}`)) return [];
      const command = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
      // One that has ended and waits for its parent has no command line.
      return command === "" ? [] : [[Number(pid), command.replaceAll("\0", " ")]];
    }),
  );
  return new Map(found.flat());
}
