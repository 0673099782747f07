/**
 * Interoperability: enquirers that share nothing with `src`, one written from each draft, ask at a broker process, and a
 * user answers by `confirm`. That they import nothing of ours is checked with the import table.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { System } from "../support/system.ts";

const BOB = "bob@localhost";

let system: System;
let kid: string;
const bob = (...args: readonly string[]) => system.confirm("--home", join(system.folder, "bob"), ...args);
beforeAll(async () => {
  system = await System.start({ limits: false });
  const connected = await bob("connect", BOB, await system.code(BOB), "--name", "a terminal");
  kid = connected.stdout.trim();
});
afterAll(() => system.close());

/** Runs a client; answers what it asked as soon as it says the BrokerID. @returns its last line */
async function confirmation(client: string, tags: string, answer: "accept" | "reject"): Promise<unknown> {
  const script = join(import.meta.dirname, client);
  const endpoint = `${system.origin}/.well-known/confirm`;
  const child = spawn(process.execPath, [script, endpoint, BOB, tags], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (lines.push(line) === 1) {
      const { code, stderr } = await bob(answer, line);
      if (code !== 0) throw new Error(stderr);
    }
  }
  expect(await closed).toEqual([0, null]);
  return JSON.parse(lines.at(-1) ?? "");
}

describe.each(["plain-enquirer-00.mjs", "plain-enquirer-01.mjs"])("%s", (client) => {
  it.each([
    ["long", "accept", true],
    ["short", "reject", false],
  ] as const)("with %s tags asks to the end, after %s, and is told %s", async (tags, answer, value) => {
    expect(await confirmation(client, tags, answer)).toEqual({
      ...{ version: "0.1", state: "REPLY", cancelled: "ECANCEL" },
      ...{ kid, signed: true, same: true, value },
    });
  });
});
