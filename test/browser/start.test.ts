/** `npm start` without a window: it makes the payment, shows it, and leaves nothing behind however it ends. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { findChromium, findFirefox } from "../../src/demo/prepare/browsers.mjs";
import { DemoRun } from "../support/demo-run.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RESULTS = join(ROOT, "dist/demo");
const CONFIRM = join(ROOT, "dist/node/cli/confirm.js");
const PICTURES = [
  "1-bank-waiting.png",
  "2-badge.png",
  "3-popup-before-arming.png",
  "4-popup-armed.png",
  "5-popup-result.png",
  "6-bank-paid.png",
];
const NOTHING = { processes: new Map(), files: [] };
const LONG = 240_000;

let run: DemoRun | undefined;
beforeEach(({ skip }) => {
  if (findChromium() === undefined) skip("no Chromium or Chrome on this machine");
});
afterEach(async () => {
  await run?.discard();
  run = undefined;
});

async function start(...args: readonly string[]): Promise<DemoRun> {
  run = await DemoRun.start(...args);
  return run;
}

/** What is left once the system has reaped what was killed. */
async function expectNothingLeft(of: DemoRun): Promise<void> {
  await waitUntil("the last processes", 5000, async () => (await of.left()).processes.size === 0 || undefined).catch(
    () => undefined,
  );
  expect(await of.left()).toEqual(NOTHING);
}

async function expectPaid(of: DemoRun): Promise<void> {
  expect(await of.ended, of.output).toBe(0);
  const kid = /--pin ([A-Z2-7-]{35})/.exec(of.output)?.[1] ?? "";
  for (const line of [
    "payments@ethel.example (pinned by you)",
    "Pay 1,200.00 EUR",
    "To: Discovery Shipping GmbH",
    "IBAN: DE02 1203 0000 0000 2020 51",
    "From: Current account ···4711",
    'says "Paid". The balance is 6,812.37 EUR.',
  ]) {
    expect(of.output).toContain(line);
  }
  const files = await readdir(RESULTS);
  for (const name of PICTURES) {
    expect(files).toContain(name);
    expect((await readFile(join(RESULTS, name))).subarray(1, 4).toString()).toBe("PNG");
  }
  const receipt = join(RESULTS, "receipt.json");
  const verified = execFileSync(process.execPath, [CONFIRM, "verify", receipt, "--pin", kid], { encoding: "utf8" });
  expect(verified).toContain("Pay 1,200.00 EUR");
  const home = join(RESULTS, "no-such-home");
  expect(spawnSync(process.execPath, [CONFIRM, "--home", home, "verify", receipt]).status).toBe(1);
  await expectNothingLeft(of);
}

describe("npm start without a window", () => {
  it(
    "pays through the real popup, keeps pictures and a receipt that verifies, and leaves nothing else",
    { timeout: LONG },
    async () => {
      await expectPaid(await start());
    },
  );

  it("does so in Firefox too", { timeout: LONG }, async ({ skip }) => {
    if (findFirefox() === undefined) skip("no Firefox on this machine");
    await expectPaid(await start("--firefox"));
  });

  it.each([
    ["while it is starting", "Bank of Ethel:"],
    ["while the payment waits", "Waiting for your confirmation"],
  ])("leaves nothing when it is ended %s", { timeout: LONG }, async (_, moment) => {
    const demo = await start();
    await demo.prints(moment);
    demo.child.kill("SIGINT");
    expect(await demo.ended).toBe(130);
    await expectNothingLeft(demo);
  });

  it("stays when told to, answers by word, and ends even what hangs", { timeout: LONG }, async () => {
    const demo = await start("--stay");
    await demo.prints("Everything runs until");
    const options =
      /npx --no-install confirm (.*) ask alice@localhost "Open pod bay doors"/.exec(demo.output)?.[1] ?? "";
    const args = [CONFIRM, ...options.split(" "), "ask", "alice@localhost", "Open pod bay doors"];
    const asking = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const answered = once(asking, "exit");
    await once(asking.stderr, "data");
    // Its first words are about keys; the popup waits for the request itself.
    demo.child.stdin?.write("accept\n");
    expect(await answered).toEqual([0, null]);

    const broker = [...(await demo.left()).processes].find(([, called]) => called.includes("confirm.js broker"));
    expect(broker).toBeDefined();
    process.kill(broker?.[0] ?? 0, "SIGSTOP");
    demo.child.kill("SIGINT");
    expect(await demo.ended).toBe(0);
    await expectNothingLeft(demo);
  });

  it("says what is wrong with an option, and what to do", async () => {
    const demo = await start("--no-such-option");
    expect(await demo.ended).toBe(1);
    expect(demo.output).toContain("Unknown option '--no-such-option'.");
    expect(demo.output).toContain("See npm start -- --help.");
    await expectNothingLeft(demo);
  });
});
