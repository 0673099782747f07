/**
 * A machine as the documents assume it: a broker, `alice@localhost` and `bob@localhost` who agree to whatever they are
 * asked, and a folder in which `confirm` and the package `mesh-confirm` are found.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { System } from "../support/system.ts";
import { agreeingUser } from "./agreeing-user.ts";
import { ROOT } from "./documents.ts";

const COMMAND = join(ROOT, "dist/node/cli/confirm.js");

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

/** Makes the workspace; the caller closes it. */
export async function openWorkspace(): Promise<Workspace> {
  const system = await System.start();
  const { folder, home, origin } = system;
  // Where a broker keeps its data when nobody says where.
  mkdirSync(home, { recursive: true });
  symlinkSync(system.data, join(home, "broker"), "junction");
  const users = await Promise.all([agreeingUser(system, "alice@localhost"), agreeingUser(system, "bob@localhost")]);

  const bin = join(folder, "node_modules/.bin");
  const log = join(folder, "calls.log");
  mkdirSync(bin, { recursive: true });
  symlinkSync(ROOT, join(folder, "node_modules/mesh-confirm"), "junction");
  writeFileSync(log, "");
  // The built command, and a note of how each call of it ended: `&&` and `if` would hide that from the block's own code.
  const noting = `#!/bin/sh\n"${process.execPath}" "${COMMAND}" "$@"\ncode=$?\necho "$code $*" >> "${log}"\nexit $code\n`;
  writeFileSync(join(bin, "confirm"), noting);
  chmodSync(join(bin, "confirm"), 0o755);
  const PATH = [bin, process.env["PATH"] ?? ""].join(delimiter);
  const env = { ...process.env, PATH, CONFIRM_HOME: home, CONFIRM_BROKER: origin };

  return {
    run: async (language, text) => {
      const before = readFileSync(log, "utf8").length;
      const here = text.replaceAll("http://127.0.0.1:8787", origin);
      const module = join(folder, "block.mjs");
      if (language === "js") writeFileSync(module, here);
      const [program, args] = language === "js" ? [process.execPath, [module]] : ["sh", ["-e", "-c", here]];
      const { code, output } = await runToEnd(program, args, folder, env);
      const calls = readFileSync(log, "utf8").slice(before).split("\n").filter(Boolean);
      return { code, output, calls };
    },
    close: async () => {
      await Promise.all(users.map((stop) => stop()));
      await system.close();
    },
  };
}

function runToEnd(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((done) => {
    child.on("close", (code) => {
      done({ code, output });
    });
  });
}
