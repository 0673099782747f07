/** A code that the sender shows elsewhere, typed into the popup: the right one is a yes, a wrong one is none. */
import { createInterface } from "node:readline";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { launchChromium } from "../support/chromium.ts";
import { accept, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { type Running, System } from "../support/system.ts";

const ALICE = "alice@localhost";
const SKIPPED = findChromium() === undefined ? " (skipped: no Chromium or Chrome on this machine)" : "";

/** The code, as `confirm ask` tells it on standard error. */
async function codeShown({ child }: Running): Promise<string> {
  if (child.stderr === null) throw new Error("There is no standard error.");
  for await (const line of createInterface(child.stderr)) {
    const code = /the code is ([0-9]{6})/.exec(line)?.[1];
    if (code !== undefined) return code;
  }
  throw new Error("No code was told.");
}

describe.skipIf(SKIPPED !== "")(`a code in the popup${SKIPPED}`, () => {
  let system: System;
  let chromium: Chromium;
  let kid: string;

  beforeAll(async () => {
    system = await System.start();
    chromium = await launchChromium();
    kid = await enrol(chromium, system, ALICE);
  });
  afterAll(async () => {
    await chromium.close();
    await system.close();
  });

  it("that is right ends with 0, and with a receipt that proves it; Accept waits for a whole one", async () => {
    const file = join(system.folder, "receipt.json");
    const asked = system.spawn("ask", ALICE, "Pay 40.00 EUR", "--match", "--receipt", file);
    const code = await codeShown(asked);
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Pay 40.00 EUR");
    const field = popup.getByLabel("Code", { exact: true });
    expect(await field.getAttribute("autocomplete")).toBe("off");
    await popup.getByTestId("expected").check();
    for (const typed of ["", code.slice(1), `${code}x`]) {
      await field.fill(typed);
      await popup.getByTestId("why").filter({ hasText: "Type the code" }).waitFor();
      expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
    }
    await field.fill(code);
    await accept(popup);
    await resultShown(popup);
    expect(await popup.getByTestId("result").innerText()).toContain("Only the sender can tell");
    await popup.getByTestId("next").click();
    expect(await asked.finished).toMatchObject({ code: 0, stdout: `accepted: ${code}\n` });
    const verified = await system.confirm("verify", file, "--pin", kid);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(/passed +match/);
  });

  it("that is wrong ends with 1", async () => {
    const asked = system.spawn("ask", ALICE, "Pay 50.00 EUR", "--match");
    const code = await codeShown(asked);
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Pay 50.00 EUR");
    await popup.getByTestId("match").fill(code === "000000" ? "111111" : "000000");
    await accept(popup);
    await resultShown(popup);
    expect((await asked.finished).code).toBe(1);
  });
});
