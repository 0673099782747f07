/** A secret request in a real browser: opened with a key that cannot be exported, shown with its mark, answered in secret. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { chromiumTest } from "../support/chromium.ts";
import { accept, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { System } from "../support/system.ts";

const ALICE = "alice@localhost";
const DOORS = "Open the secret pod bay doors";

let system: System;
beforeEach(async () => {
  system = await System.start();
});
afterEach(() => system.close());

describe("an encrypted request in Chromium", () => {
  chromiumTest("shows its mark, and ends accepted with a receipt that verifies", async ({ chromium }) => {
    const kid = await enrol(chromium, system, ALICE);
    const receipt = join(system.folder, "receipt.json");
    const asked = system.spawn("ask", ALICE, DOORS, "--encrypt", "--pin", kid, "--receipt", receipt);
    await badgeShows(chromium, "1");

    const popup = await openRequest(chromium, DOORS);
    const mark = popup.getByTestId("encrypted");
    expect(await mark.innerText()).toBe("Encrypted: only this device and the sender can read it");
    expect(await mark.locator("svg.icon-encrypted").count()).toBe(1);
    await accept(popup);
    await resultShown(popup);

    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    const verified = await system.confirm("verify", receipt, "--pin", kid);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain(DOORS);
  });
});
