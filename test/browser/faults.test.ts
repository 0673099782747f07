/** The worker dies, the broker dies, at the worst moments: each answer arrives exactly once. */
import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { accept, badgeShows, enrol, expectHeading, openRequest, resultShown } from "../support/co-browser.ts";
import { chromiumTest } from "../support/chromium.ts";
import { System } from "../support/system.ts";

const ALICE = "alice@localhost";
const DOORS = "Open pod bay doors";

let system: System;
beforeEach(async () => {
  system = await System.start({ limits: false });
});
afterEach(() => system.close());

describe("a worker that is killed", () => {
  chromiumTest("between show and click: the click counts, once", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const asked = system.spawn("ask", ALICE, DOORS);
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, DOORS);
    await popup.getByTestId("expected").check();
    await chromium.killWorker();
    await accept(popup);
    await resultShown(popup);
    expect((await asked.finished).code).toBe(0);
    await badgeShows(chromium, "");
  });

  chromiumTest("between click and delivery: the stored answer is delivered, once", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const asked = system.spawn("ask", ALICE, DOORS);
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, DOORS);
    await popup.getByTestId("expected").check();
    await system.stopBroker();
    await accept(popup);
    await resultShown(popup);
    await chromium.killWorker();
    await popup.close();
    await system.startBroker();
    await chromium.worker();
    expect((await asked.finished).code).toBe(0);
  });
});

describe("a broker that is down", () => {
  chromiumTest(
    "between click and delivery: the popup says so, and the answer arrives when it is back",
    async ({ chromium }) => {
      await enrol(chromium, system, ALICE);
      const asked = system.spawn("ask", ALICE, DOORS);
      await badgeShows(chromium, "1");
      const popup = await openRequest(chromium, DOORS);
      await popup.getByTestId("expected").check();
      await system.stopBroker();
      await accept(popup);
      await resultShown(popup);
      expect(await popup.locator("main").innerText()).toMatch(/signed/i);
      await system.startBroker();
      expect((await asked.finished).code).toBe(0);
    },
  );
});

describe("two enquirers with two requests each", () => {
  chromiumTest("the popup shows one at a time, oldest first", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    const homes = ["one", "two"].map((name) => `${system.folder}/${name}`);
    const asked = [];
    for (const [index, home] of [homes[0], homes[1], homes[0], homes[1]].entries()) {
      asked.push(system.spawn("--home", home ?? "", "ask", ALICE, `Request ${String(index + 1)}`));
      await badgeShows(chromium, String(index + 1));
    }
    const popup = await chromium.openPopup();
    for (const index of [1, 2, 3, 4]) {
      await expectHeading(popup, `Request ${String(index)}`);
      expect(await popup.getByTestId("heading").count()).toBe(1);
      if (index < 4) expect(await popup.getByTestId("queue").innerText()).toContain(String(5 - index));
      await accept(popup);
      await resultShown(popup);
      expect((await asked[index - 1]?.finished)?.code).toBe(0);
      await popup.getByTestId("next").click();
    }
    await popup.getByTestId("empty").waitFor();
  });
});

describe("a broker with another key than the one that the device pinned", () => {
  chromiumTest("is not believed: the popup says so, and no request of it is shown", async ({ chromium }) => {
    await enrol(chromium, system, ALICE);
    await system.stopBroker();
    await rm(system.data, { recursive: true });
    await system.startBroker();
    const popup = await chromium.openPopup();
    await popup.getByText("Another key at the broker").waitFor({ timeout: 60_000 });
  });
});
