/** The main job in a real browser: asked from a shell, shown in the real popup, signed, delivered, verified. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { accept, armed, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { chromiumTest } from "../support/chromium.ts";
import { System } from "../support/system.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";

const ALICE = "alice@localhost";
const DOORS = "Open pod bay doors";

let system: System;
beforeEach(async () => {
  system = await System.start();
});
afterEach(() => system.close());

describe("a confirmation in Chromium", () => {
  chromiumTest(
    "an accepted request ends with 0 and a receipt that only the device's pin verifies",
    async ({ chromium }) => {
      const kid = await enrol(chromium, system, ALICE);
      const receipt = join(system.folder, "receipt.json");
      const asked = system.spawn("ask", ALICE, DOORS, "--paragraph", "Bay 2", "--receipt", receipt);
      await badgeShows(chromium, "1");

      const popup = await openRequest(chromium, DOORS);
      expect(await popup.getByTestId("trust").innerText()).toContain("Unverified sender");
      expect(await popup.getByTestId("sender").innerText()).toContain("claims to be");
      expect(await popup.getByTestId("paragraph").allInnerTexts()).toEqual(["Bay 2"]);
      expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
      await accept(popup);
      await resultShown(popup);

      expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
      await badgeShows(chromium, "");
      const verified = await system.confirm("verify", receipt, "--pin", kid);
      expect(verified.code).toBe(0);
      for (const part of [ALICE, DOORS, "Bay 2", kid, "accepted"]) expect(verified.stdout).toContain(part);
      const elsewhere = { CONFIRM_HOME: join(system.folder, "elsewhere") };
      expect((await system.confirm("--home", elsewhere.CONFIRM_HOME, "verify", receipt)).code).toBe(1);
      expect(await readFile(receipt, "utf8")).toContain('"Receipt"');
    },
  );

  chromiumTest("a rejected request ends with 1", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const asked = system.spawn("ask", ALICE, DOORS);
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, DOORS);
    await armedReject(popup);
    await resultShown(popup);
    expect(await asked.finished).toMatchObject({ code: 1, stdout: "rejected\n" });
  });

  chromiumTest("nothing is accepted without the tick, and nothing by Enter", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const asked = system.spawn("ask", ALICE, DOORS, "--timeout", "6s");
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, DOORS);
    await popup.waitForTimeout(1500);
    for (const key of ["Enter", "Space", "Enter"]) await popup.keyboard.press(key);
    expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
    expect((await asked.finished).code).toBe(2);
    await badgeShows(chromium, "");
  });

  chromiumTest("of several options one must be chosen, and the receipt names it", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const asked = system.spawn(
      "ask",
      ALICE,
      "Grant Administrator",
      "--button",
      "15m=15 minutes",
      "--button",
      "8h=8 hours",
    );
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Grant Administrator");
    await popup.getByTestId("expected").check();
    await popup.waitForTimeout(1200);
    expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
    await popup.getByRole("radio", { name: "8 hours" }).check();
    await armed(popup);
    expect(await popup.getByTestId("accept").innerText()).toContain("8 hours");
    await popup.getByTestId("accept").click();
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted: 8h\n" });
  });

  chromiumTest("what the background refuses never reaches the badge", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const key = foreignKey();
    const payload = {
      TBSRequest: {
        Text: "<srml><h1>For more than a week</h1></srml>",
        FromID: "mallory@example.net",
        ToID: ALICE,
        // The broker allows for a clock that is two minutes behind; the device has its own.
        Expire: new Date(Date.now() + 7 * 24 * 3600_000 + 60_000).toISOString().replace(/\.\d+Z$/, "Z"),
      },
    };
    const request = foreignGeneral(
      key,
      { alg: "ES256", typ: "confirm-tbs-request+jws", jwk: key.jwk },
      JSON.stringify(payload),
    );
    const answer = await fetch(`${system.origin}/.well-known/confirm`, {
      method: "POST",
      body: JSON.stringify({ EnquireRequest: { Request: { Request: request, ResponderAccount: ALICE } } }),
    });
    expect(await answer.json()).toMatchObject({ EnquireResponse: { Status: 201 } });
    // A second, good one shows that the first had its time.
    const asked = system.spawn("ask", ALICE, DOORS, "--timeout", "8s");
    await badgeShows(chromium, "1");
    await openRequest(chromium, DOORS);
    expect(await chromium.badge()).toBe("1");
    asked.child.kill("SIGINT");
    expect((await asked.finished).code).toBe(2);
  });
});

async function armedReject(popup: Awaited<ReturnType<typeof openRequest>>): Promise<void> {
  await popup.waitForTimeout(800);
  await popup.getByTestId("reject").click();
}
