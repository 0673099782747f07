/**
 * A machine as the documents assume it: a broker, `alice@localhost` and `bob@localhost` with a responder that accepts
 * whatever comes, and a folder in which `confirm` and the package `mesh-confirm` are found.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseDevice } from "../../src/cli/device-home.ts";
import { responderPorts } from "../../src/cli/responder-ports.ts";
import { decide, deliverDue, pendingEntries, poll, present, viewRequest } from "../../src/responder/index.ts";
import { ROOT } from "./documents.ts";

const COMMAND = join(ROOT, "dist/node/cli/confirm.js");
const ACCOUNTS = ["alice@localhost", "bob@localhost"];

export interface Ran {
  readonly code: number | null;
  readonly output: string;
  /** Each call of `confirm` in it, as `CODE ARGUMENTS`. */
  readonly calls: readonly string[];
}

export interface Workspace {
  /** Runs a block as `sh -e` or, for `js`, as a module of Node. */
  readonly run: (language: "sh" | "js", text: string) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer().on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        done(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}

function collect(child: ChildProcess): Promise<{ readonly code: number | null; readonly output: string }> {
  let output = "";
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  return new Promise((done) => {
    child.on("close", (code) => {
      done({ code, output });
    });
  });
}

/** Makes the workspace; the caller closes it. */
export async function openWorkspace(): Promise<Workspace> {
  if (!existsSync(COMMAND)) throw new Error("There is no dist/node. Run npm run build first.");
  const folder = mkdtempSync(join(tmpdir(), "mesh-confirm-docs-"));
  const bin = join(folder, "node_modules/.bin");
  const log = join(folder, "calls.log");
  mkdirSync(bin, { recursive: true });
  symlinkSync(ROOT, join(folder, "node_modules/mesh-confirm"), "junction");
  writeFileSync(log, "");
  // The built command, and a note of how each call of it ended: `&&` and `if` would hide that from the block's own code.
  const noting = `#!/bin/sh\n"${process.execPath}" "${COMMAND}" "$@"\ncode=$?\necho "$code $*" >> "${log}"\nexit $code\n`;
  writeFileSync(join(bin, "confirm"), noting);
  chmodSync(join(bin, "confirm"), 0o755);

  const address = `127.0.0.1:${await freePort()}`;
  const env = {
    ...process.env,
    PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
    CONFIRM_HOME: join(folder, "home"),
    CONFIRM_BROKER: `http://${address}`,
  };
  const start = (program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });

  const broker = start(process.execPath, [COMMAND, "broker", "--listen", address]);
  const ended = collect(broker);
  await Promise.race([
    new Promise<void>((done) => {
      broker.stderr?.on("data", (chunk: Buffer) => {
        if (chunk.includes("listens at")) done();
      });
    }),
    ended.then(({ output }) => Promise.reject(new Error(`The broker did not start: ${output}`))),
  ]);

  const confirm = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await collect(start(process.execPath, [COMMAND, ...args]));
    if (code !== 0) throw new Error(`confirm ${args.join(" ")}: ${output}`);
    return output;
  };
  const stop = new AbortController();
  const answering: Promise<void>[] = [];
  for (const account of ACCOUNTS) {
    const home = join(folder, account);
    const [code = ""] = /[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/.exec(await confirm("account", "add", account)) ?? [];
    await confirm("--home", home, "connect", account, code);
    answering.push(acceptAll(home, stop.signal));
  }

  return {
    run: async (language, text) => {
      const before = readFileSync(log, "utf8").length;
      const here = text.replaceAll("127.0.0.1:8787", address);
      const module = join(folder, "block.mjs");
      if (language === "js") writeFileSync(module, here);
      const child = language === "js" ? start(process.execPath, [module]) : start("sh", ["-e", "-c", here]);
      const result = await collect(child);
      const calls = readFileSync(log, "utf8").slice(before).split("\n").filter(Boolean);
      return { ...result, calls };
    },
    close: async () => {
      stop.abort();
      await Promise.all(answering);
      broker.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A user who agrees to everything, and takes the first option. */
async function acceptAll(home: string, signal: AbortSignal): Promise<void> {
  const device = await chooseDevice(home, undefined);
  const ports = responderPorts(home, device);
  while (!signal.aborted) {
    await poll(ports, device).catch(() => 0);
    for (const entry of await pendingEntries(ports, [device])) {
      const view = await viewRequest(ports, entry);
      if (view === undefined || !(await present(ports, view))) continue;
      const { account, broker, id, digest, srml } = view;
      const choice = srml.buttons[0]?.value ?? srml.buttons[0]?.label;
      const decision = { account, broker, id, digest, value: true, choice, expected: true, reason: undefined };
      await decide(ports, decision, { armingMs: 0 });
    }
    await deliverDue(ports, device, () => 100);
    await sleep(200, undefined, { signal }).catch(() => undefined);
  }
}
