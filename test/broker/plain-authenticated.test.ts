/**
 * An enquirer and a responder that were written from docs/protocol.md alone, with authenticated calls, the push channel and
 * the connect code, complete confirmations with each other and with ours at a broker process.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { System } from "../support/system.ts";

let system: System;
beforeAll(async () => {
  system = await System.start({ limits: false });
});
afterAll(() => system.close());

interface Plain {
  /** What it says first: a fingerprint, or a BrokerID. */
  readonly first: Promise<string>;
  /** Its last line. */
  readonly last: Promise<unknown>;
}

/** Runs one of the plain programs. */
function run(program: string, ...args: readonly string[]): Plain {
  const script = join(import.meta.dirname, program);
  const endpoint = `${system.origin}/.well-known/confirm`;
  const child = spawn(process.execPath, [script, endpoint, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (piece: string) => errors.push(piece));
  const reader = createInterface(child.stdout).on("line", (line) => lines.push(line));
  const end = once(child, "close");
  const first = Promise.race([once(reader, "line"), end]).then(() => {
    if (lines[0] === undefined) throw new Error(errors.join(""));
    return lines[0];
  });
  const last = end.then(([code]) => {
    if (code !== 0) throw new Error(errors.join(""));
    return JSON.parse(lines.at(-1) ?? "") as unknown;
  });
  return { first, last };
}

describe("programs written from the document", () => {
  it.each([
    ["push", "yes", true],
    ["poll", "no", false],
  ])("ask and answer each other, by %s, with %s", async (way, word, value) => {
    const account = `${way}@localhost`;
    const responder = run("plain-responder.mjs", account, await system.code(account), way, word);
    const kid = await responder.first;
    const enquirer = run("plain-enquirer.mjs", account);
    expect(await responder.last).toMatchObject({ FromID: "plain@client.example", Status: 201 });
    expect(await enquirer.last).toEqual({ Value: value, kid, ...(value ? { Choice: "now" } : {}) });
  });

  it("answer our enquirer, which verifies the answer and keeps a receipt", async () => {
    const account = "carol@localhost";
    const responder = run("plain-responder.mjs", account, await system.code(account), "push", "yes");
    const kid = await responder.first;
    const receipt = join(system.folder, "plain-receipt.json");
    const asked = await system.confirm("ask", account, "Open pod bay doors", "--pin", kid, "--receipt", receipt);
    expect(asked).toMatchObject({ code: 0 });
    expect(await responder.last).toMatchObject({ Status: 201 });
    expect(await system.confirm("verify", receipt, "--pin", kid)).toMatchObject({ code: 0 });
  });

  it("ask our responder, and believe its answer", async () => {
    const account = "dave@localhost";
    const dave = ["--home", join(system.folder, "dave")];
    const connected = await system.confirm(...dave, "connect", account, await system.code(account));
    const enquirer = run("plain-enquirer.mjs", account);
    const answered = await system.confirm(...dave, "accept", await enquirer.first, "--choice", "now");
    expect(answered, answered.stderr).toMatchObject({ code: 0 });
    expect(await enquirer.last).toEqual({ Value: true, Choice: "now", kid: connected.stdout.trim() });
  });
});
