/** A real broker in a process of its own, `confirm broker` of dist, as an operator runs it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject } from "../../src/protocol/index.ts";

const COMMAND = join(import.meta.dirname, "../../dist/node/cli/confirm.js");

export interface BrokerProcess {
  readonly endpoint: string;
  readonly port: number;
  /** Its data folder. */
  readonly data: string;
  /** The lines of the log so far. */
  readonly log: () => readonly JsonObject[];
  /** Megabytes of memory that it has, as the kernel counts. */
  readonly megabytes: () => number;
  readonly stop: () => Promise<void>;
}

export interface BrokerProcessOptions {
  readonly policy?: object;
  /** How many files it may open. */
  readonly files?: number;
}

/** Starts a broker for example.com. Whoever starts it calls `stop`. */
export async function startBrokerProcess({ policy = {}, files }: BrokerProcessOptions = {}): Promise<BrokerProcess> {
  const folder = await mkdtemp(join(tmpdir(), "confirm-process-"));
  const data = join(folder, "data");
  await writeFile(join(folder, "policy.json"), JSON.stringify(policy));
  const options = ["--data", data, "--listen", "127.0.0.1:0", "--domain", "example.com", "--home", folder];
  const command = [COMMAND, "broker", ...options, "--policy", join(folder, "policy.json")];
  const child =
    files === undefined
      ? spawn(process.execPath, command)
      : spawn("/bin/sh", ["-c", 'ulimit -n "$0" && exec "$@"', String(files), process.execPath, ...command]);
  const ended = once(child, "exit");
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const log = (): readonly JsonObject[] =>
    said
      .split("\n")
      .flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line) as JsonObject] : []));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  };
  const until = performance.now() + 30_000;
  for (;;) {
    const endpoint = log().find(({ event }) => event === "started")?.["endpoint"];
    if (typeof endpoint === "string") {
      const megabytes = (): number =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, "latin1"))?.[1]) / 1024;
      return { endpoint, port: Number(new URL(endpoint).port), data, log, megabytes, stop };
    }
    if (child.exitCode !== null || performance.now() > until) {
      await stop();
      throw new Error(`The broker did not start (is dist/node built?): ${said}`);
    }
    await delay(20);
  }
}
