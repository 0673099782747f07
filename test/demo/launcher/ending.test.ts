/** However the demo ends, what it started ends too: last thing first, and by force where it hangs. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import { Cleanup } from "../../../src/demo/launcher/cleanup.ts";
import { endByForce } from "../../../src/demo/launcher/end-by-force.ts";
import { Processes } from "../../../src/demo/launcher/processes.ts";

const STUBBORN =
  "process.on('SIGTERM', () => undefined); console.log(process.pid); setInterval(() => undefined, 1000);";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ethel-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts a service that ends for nobody; its id. */
async function serveStubborn(processes: Processes): Promise<number> {
  const log = join(folder, "stubborn.log");
  processes.serve("The stubborn one", log, ["-e", STUBBORN]);
  return waitUntil("its id", 10_000, async () => Number(await readFile(log, "utf8")) || undefined);
}

describe("Processes", () => {
  it("ends by force what does not end when asked", async () => {
    const processes = new Processes(process.env);
    const pid = await serveStubborn(processes);
    await processes.end();
    expect(isAlive(pid)).toBe(false);
  });

  it("says which service ended by itself, and where its log is", async () => {
    const processes = new Processes(process.env);
    const log = join(folder, "short.log");
    processes.serve("The short one", log, ["-e", "console.error('no more'); process.exit(7)"]);
    await expect(processes.failed).rejects.toMatchObject({
      message: "The short one ended with 7.",
      next: `See why in ${log}.`,
    });
    expect(await readFile(log, "utf8")).toBe("no more\n");
  });

  it("runs a program to its end", async () => {
    const run = new Processes({ ...process.env, WORD: "hello" }).run([
      "-e",
      "console.log(process.env.WORD); process.exit(3)",
    ]);
    expect(await run).toEqual({ code: 3, stdout: "hello\n", stderr: "" });
  });
});

describe("Cleanup", () => {
  it("undoes the last thing first, once, and goes on after one that fails", async () => {
    const done: string[] = [];
    const cleanup = new Cleanup();
    cleanup.add(() => Promise.resolve(void done.push("first")));
    cleanup.add(() => Promise.reject(new Error("in the middle, on purpose")));
    cleanup.add(() => Promise.resolve(void done.push("last")));
    await Promise.all([cleanup.run(), cleanup.run()]);
    expect(done).toEqual(["last", "first"]);
    cleanup.add(() => Promise.resolve(void done.push("late")));
    expect(done).toEqual(["last", "first", "late"]);
  });
});

describe("endByForce", () => {
  it("kills what does not close in time", async () => {
    const processes = new Processes(process.env);
    const pid = await serveStubborn(processes);
    const closed = waitUntil("its end", 10_000, () => Promise.resolve(isAlive(pid) ? undefined : true)).then(
      () => undefined,
    );
    await endByForce(
      () =>
        new Promise<void>(() => {
          /* It hangs. */
        }),
      closed,
      pid,
      100,
    );
    expect(isAlive(pid)).toBe(false);
    await processes.end();
  });
});
