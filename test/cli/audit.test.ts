/** `confirm audit`: what an operator types, sees and keeps, on a store that a broker runs on. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditReport } from "../../src/broker/index.ts";
import { connectTestDevice } from "../support/device.ts";
import { type Finished, System } from "../support/system.ts";

let system: System;
let receipt: string;
let head: string;

const audit = (...typed: readonly string[]): Promise<Finished> =>
  system.confirm("audit", ...typed, "--data", system.data);
const reportOf = ({ stdout }: Finished): AuditReport => JSON.parse(stdout) as AuditReport;

beforeAll(async () => {
  system = await System.start();
  receipt = join(system.folder, "receipt.json");
  head = join(system.folder, "checkpoint.json");
  const device = await connectTestDevice(system, "bob@localhost");
  const asked = system.confirm("ask", "bob@localhost", "Open", "--receipt", receipt);
  await device.answer(await device.next(), true);
  expect((await asked).code).toBe(0);
  const { code, stdout } = await audit("checkpoint");
  expect(code).toBe(0);
  await writeFile(head, stdout);
}, 120_000);
afterAll(() => system.close());

describe("confirm audit", { timeout: 120_000 }, () => {
  it("verifies while the broker runs, against a checkpoint and a receipt, and says what it cannot show without", async () => {
    const { code, stdout } = await audit("verify", "--head", head, "--stamp", receipt);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^The audit log verifies\.\n/) as string,
    });
    expect(stdout).toContain(
      "  requests   1 request held against it\n  kept       all that was kept elsewhere (2) is in it",
    );
    const alone = await audit("verify");
    expect(alone.code).toBe(0);
    expect(alone.stderr).toContain("this shows no change by someone who owns the store");
  });

  it("prints the same checkpoint again while nothing happens, in one line", async () => {
    const again = await audit("checkpoint", "--json");
    expect(again.stdout).toBe(await readFile(head, "utf8"));
    expect(again.stdout.split("\n")).toHaveLength(2);
  });

  it("moves records out and erases texts, and the rest verifies alone and with the file", async () => {
    const file = join(system.folder, "moved.jsonl");
    const old = await audit("rotate", file);
    expect(old).toMatchObject({ code: 4, stdout: "" });
    expect(old.stderr).toContain("no record that is old enough");
    const moved = await audit("rotate", file, "--keep", "1s");
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringMatching(/^moved \d+ records, up to /) as string });
    const erased = await audit("erase", "--older-than", "1s", "--json");
    expect(JSON.parse(erased.stdout)).toEqual({ requests: 1, answers: 1 });
    const alone = await audit("verify", "--json");
    expect([alone.code, reportOf(alone).unchecked]).toEqual([0, 1]);
    const together = await audit("verify", "--file", file, "--stamp", receipt, "--head", head, "--json");
    expect([together.code, reportOf(together).unchecked]).toEqual([0, 0]);
    const [, brokerId = ""] = /"BrokerID":\s*"([^"]+)"/.exec(await readFile(receipt, "utf8")) ?? [];
    const asked = await system.confirm("status", brokerId);
    expect(asked.code).toBe(3);
    expect(asked.stderr).toContain("was erased since");
  });

  it("refuses what is no store, no checkpoint and no receipt, and makes nothing", async () => {
    const refusals = [
      [["verify", "--data", join(system.folder, "nowhere")], 4, "There is no broker.sqlite in"],
      [["verify", "--store", "postgres://confirm:secret@127.0.0.1:1/confirm"], 3, "cannot be reached"],
      [["verify", "--head", receipt], 4, "is no checkpoint, as printed by: confirm audit checkpoint"],
      [["verify", "--stamp", head], 4, "is no receipt"],
      [["verify", "--head", join(system.folder, "none")], 4, "cannot be read"],
      [["verify", "--file", head], 4, "is not of an audit log"],
      [["rotate", head, "--keep", "1s"], 4, ""],
    ] as const;
    for (const [typed, code, sentence] of refusals) {
      const at = typed.some((one) => one === "--data" || one === "--store") ? [] : ["--data", system.data];
      const { stderr, ...ended } = await system.confirm("audit", ...typed, ...at);
      expect({ typed, ...ended }).toEqual({ typed, code, stdout: "" });
      expect(stderr).toContain(sentence);
      expect(stderr).not.toContain("secret");
    }
  });

  it("ends with 1 where anything is not as it was, and says which record and what to do", async () => {
    await system.code("carla@localhost");
    const database = new Database(join(system.data, "broker.sqlite"));
    database.prepare("UPDATE audit SET at = at - 1 WHERE event = 'account_added'").run();
    database.close();
    const { code, stdout, stderr } = await audit("verify");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /confirm: altered: record \d+ is not what was written after record \d+: .* \(chain \S+, record \d+\)\n/,
    );
    expect(stderr).toContain("Copy the store as it is before anything else");
    const json = await audit("verify", "--json");
    expect([json.code, reportOf(json).verified, reportOf(json).problems[0]?.code]).toEqual([1, false, "altered"]);
  });
});
