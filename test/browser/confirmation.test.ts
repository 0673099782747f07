/** What a request can ask for, in a real browser: a tick, a choice, secrecy, a code; and what never reaches its user. */
import { createInterface } from "node:readline";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { accept, armed, badgeShows, openRequest, resultShown } from "../support/co-browser.ts";
import { ALICE, chromiumOf, userIn } from "../support/each-browser/index.ts";
import { foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import type { Running, System } from "../support/system.ts";

const DOORS = "Open pod bay doors";
const SECRET = "Open the secret pod bay doors";

const alice = userIn("Chromium", { policy: { limits: false } });

function here(): { readonly chromium: Chromium; readonly system: System; readonly kid: string } {
  const { browser, system, kid } = alice();
  return { chromium: chromiumOf(browser), system, kid };
}

/** The code, as `confirm ask` tells it on standard error. */
async function codeShown({ child }: Running): Promise<string> {
  if (child.stderr === null) throw new Error("There is no standard error.");
  for await (const line of createInterface(child.stderr)) {
    const code = /the code is ([0-9]{6})/.exec(line)?.[1];
    if (code !== undefined) return code;
  }
  throw new Error("No code was told.");
}

describe("a request in Chromium", () => {
  test("is not accepted without the tick, and nothing by Enter", async () => {
    const { chromium, system } = here();
    const asked = system.spawn("ask", ALICE, DOORS, "--timeout", "6s");
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, DOORS);
    await popup.waitForTimeout(1500);
    for (const key of ["Enter", "Space", "Enter"]) await popup.keyboard.press(key);
    expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
    expect((await asked.finished).code).toBe(2);
    await badgeShows(chromium, "");
    await popup.close();
  });

  test("of several options one must be chosen, and the receipt names it", async () => {
    const { chromium, system } = here();
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
    await popup.close();
  });
});

describe("a request that the background refuses", () => {
  test("never reaches the badge", async () => {
    const { chromium, system } = here();
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
    const popup = await openRequest(chromium, DOORS);
    expect(await chromium.badge()).toBe("1");
    asked.child.kill("SIGINT");
    expect((await asked.finished).code).toBe(2);
    await popup.close();
  });
});

describe("an encrypted request in Chromium", () => {
  test("shows its mark, and ends accepted with a receipt that verifies", async () => {
    const { chromium, system, kid } = here();
    const receipt = join(system.folder, "receipt.json");
    const asked = system.spawn("ask", ALICE, SECRET, "--encrypt", "--pin", kid, "--receipt", receipt);
    await badgeShows(chromium, "1");

    const popup = await openRequest(chromium, SECRET);
    const mark = popup.getByTestId("encrypted");
    expect(await mark.innerText()).toBe("Encrypted: only this device and the sender can read it");
    expect(await mark.locator("svg.icon-encrypted").count()).toBe(1);
    await accept(popup);
    await resultShown(popup);
    await popup.close();

    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    const verified = await system.confirm("verify", receipt, "--pin", kid);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain(SECRET);
  });
});

describe("a code in the popup", () => {
  test("that is right ends with 0, and with a receipt that proves it; Accept waits for a whole one", async () => {
    const { chromium, system, kid } = here();
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
    await popup.close();
    expect(await asked.finished).toMatchObject({ code: 0, stdout: `accepted: ${code}\n` });
    const verified = await system.confirm("verify", file, "--pin", kid);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(/passed +match/);
  });

  test("that is wrong ends with 1", async () => {
    const { chromium, system } = here();
    const asked = system.spawn("ask", ALICE, "Pay 50.00 EUR", "--match");
    const code = await codeShown(asked);
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Pay 50.00 EUR");
    await popup.getByTestId("match").fill(code === "000000" ? "111111" : "000000");
    await accept(popup);
    await resultShown(popup);
    await popup.close();
    expect((await asked.finished).code).toBe(1);
  });
});
