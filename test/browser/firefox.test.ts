/** The same extension in Firefox: it connects, hears of a request, shows it in the real popup, and answers it. */
import { afterEach, beforeEach, describe, expect } from "vitest";
import type { Firefox } from "../../src/demo/browser/firefox.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { firefoxTest } from "../support/firefox.ts";
import { System } from "../support/system.ts";

const ALICE = "alice@localhost";
const DOORS = "Open pod bay doors";

let system: System;
beforeEach(async () => {
  system = await System.start();
});
afterEach(() => system.close());

async function enrol(firefox: Firefox): Promise<string> {
  const code = await system.code(ALICE);
  const tab = await firefox.openPage("src/extension/options/index.html");
  await tab.text("[data-testid=connect]");
  await tab.type("[data-testid=account]", ALICE);
  await tab.type("[data-testid=code]", code);
  await tab.type("[data-testid=broker]", system.origin);
  await tab.click("[data-testid=connect]");
  const kid = (await tab.text("[data-testid=fingerprint]")).replace(/\s+/g, "");
  await tab.close();
  return kid;
}

describe("Firefox", () => {
  firefoxTest("connects an account and accepts a request in the real popup", async ({ firefox }) => {
    const kid = await enrol(firefox);
    expect(kid).toMatch(/^M[A-Z2-7]{4}(-[A-Z2-7]{5}){5}$/);
    const asked = system.spawn("ask", ALICE, DOORS, "--pin", kid);
    await waitUntil('the badge shows "1"', 20_000, async () => ((await firefox.badge()) === "1" ? true : undefined));

    await firefox.openPopup();
    await waitUntil("the popup shows the request", 10_000, () =>
      firefox.inPopup((document) => document.querySelector("[data-testid=heading]")?.textContent ?? undefined),
    );
    expect(await firefox.inPopup((document) => document.querySelector("[data-testid=trust]")?.textContent)).toContain(
      "Unverified sender",
    );
    await firefox.inPopup((document) => {
      document.querySelector<HTMLElement>("[data-testid=expected]")?.click();
    });
    await waitUntil("Accept is armed", 10_000, async () => {
      const isDead = await firefox.inPopup(
        (document) => document.querySelector("[data-testid=accept]:disabled") !== null,
      );
      return isDead ? undefined : true;
    });
    await firefox.inPopup((document) => {
      document.querySelector<HTMLElement>("[data-testid=accept]")?.click();
    });
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
  });
});
