/** Chromium and Firefox as the two devices of one account: the one lets the other in, either answers, the one revokes the other. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import type { Firefox } from "../../src/demo/browser/firefox.ts";
import type { FirefoxTab } from "../../src/demo/browser/firefox-tab.ts";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { findChromium, findFirefox } from "../../src/demo/prepare/browsers.mjs";
import { launchChromium } from "../support/chromium.ts";
import { armed, badgeShows, enrol, openRequest, resultShown } from "../support/co-browser.ts";
import { launchFirefox } from "../support/firefox.ts";
import { System } from "../support/system.ts";
import { plugIn } from "../support/virtual-authenticator.ts";

const ALICE = "alice@localhost";
const DOORS = "Open pod bay doors";
const OPTIONS = "src/extension/options/index.html";
const MISSING =
  findChromium() === undefined || findFirefox() === undefined ? " (skipped: needs Chromium and Firefox here)" : "";

let system: System;
let chromium: Chromium;
let firefox: Firefox;
/** Firefox's settings, which stay open: what changes shows there by itself. */
let settings: FirefoxTab;
let chromiumKid: string;
let firefoxKid: string;

/** Whether an element is in the window, and nothing lies over it. */
function isOnScreen(element: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  const inside = top >= 0 && top + height <= innerHeight;
  return inside && element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}

/** Waits until Firefox's settings show this of the line to the broker. */
const lineShows = (word: string): Promise<unknown> =>
  waitUntil(`Firefox's line is "${word}"`, 60_000, () =>
    settings.text("[data-testid=line]", word).catch(() => undefined),
  );

const ELSEWHERE = "Answered on another device";

/** Waits until Firefox's open popup shows this. */
const firefoxShows = (testid: string, words: string): Promise<true> =>
  waitUntil(`Firefox's popup shows "${words}"`, 30_000, async () => {
    const shown = await firefox.inPopup(
      (document, id) => document.querySelector(`[data-testid=${id}]`)?.textContent ?? "",
      testid,
    );
    return shown.includes(words) || undefined;
  });

/** The other device answered while this popup showed the request. */
async function answeredElsewhere(popup: Page): Promise<void> {
  await popup.getByTestId("result").filter({ hasText: ELSEWHERE }).waitFor({ timeout: 30_000 });
  await popup.close();
}

describe.skipIf(MISSING !== "")(`a second device${MISSING}`, () => {
  beforeAll(async () => {
    system = await System.start({ limits: false });
    [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
  });
  afterAll(async () => {
    await Promise.all([chromium.close(), firefox.close()]);
    await system.close();
  });

  it("waits for the first one's consent, and shows what is to be typed there", async () => {
    chromiumKid = await enrol(chromium, system, ALICE);
    const code = await system.code(ALICE);
    settings = await firefox.openPage(OPTIONS);
    await settings.text("[data-testid=connect]");
    await settings.type("[data-testid=account]", ALICE);
    await settings.type("[data-testid=code]", code);
    await settings.type("[data-testid=broker]", system.origin);
    await settings.click("[data-testid=connect]");
    await lineShows("Waiting for consent");
    firefoxKid = (await settings.text("[data-testid=fingerprint]")).replace(/\s+/g, "");
    expect(await settings.text("[data-testid=typed-there]")).toBe(firefoxKid.slice(-11));
    await badgeShows(chromium, "1");
  });

  it("is listed on the first one's settings without the end that is to be typed", async () => {
    const page = await chromium.openPage(OPTIONS);
    await page.getByTestId("devices").getByText("Devices of this account").click();
    const device = page.getByTestId("device").filter({ hasText: "waits for consent" });
    expect(await device.getByRole("code").innerText()).toBe(firefoxKid.slice(0, 23));
    expect(await page.locator("main").innerText()).not.toContain(firefoxKid.slice(-11));
    await page.close();
  });

  it("is asked about on the extension's own page, and let in by the end of its fingerprint alone", async () => {
    const popup = await chromium.openPopup();
    await popup.getByTestId("heading").filter({ hasText: "Let a new device in?" }).waitFor();
    expect(await popup.getByTestId("account").innerText()).toBe(ALICE);
    expect(await popup.getByTestId("fingerprint-start").innerText()).toBe(firefoxKid.slice(0, 23));
    const shown = await popup.locator("main").innerText();
    expect(shown).not.toContain(firefoxKid.slice(-11));
    // The broker's own words for it are nobody's to read here.
    expect(shown).not.toContain("answer for you?");

    await popup.waitForTimeout(1500);
    expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
    await popup.getByTestId("typed").fill(firefoxKid.slice(-11, -1));
    await popup.waitForTimeout(1000);
    expect(await popup.getByTestId("accept").isDisabled()).toBe(true);
    await popup.getByTestId("typed").fill(chromiumKid.slice(-11));
    await armed(popup);
    await popup.getByTestId("accept").click();
    await popup.getByTestId("error").filter({ hasText: "type it again" }).waitFor();
    // What is to be compared stays where its end is typed.
    expect(await popup.getByTestId("fingerprint-start").evaluate(isOnScreen)).toBe(true);
    expect(await settings.text("[data-testid=line]")).toContain("Waiting for consent");

    await popup.getByTestId("typed").fill("");
    await popup.getByTestId("typed").pressSequentially(firefoxKid.slice(-11).replace("-", "").toLowerCase());
    await armed(popup);
    await popup.getByTestId("accept").click();
    await resultShown(popup);
    expect(await popup.getByTestId("result").innerText()).toContain("You let the device in");
    await popup.close();
    await lineShows("Listening");
  });

  it("answers as the first one does, also after its background was stopped; the first one's open popup says so", async () => {
    await firefox.terminateBackground();
    const asked = system.spawn("ask", ALICE, DOORS, "--pin", chromiumKid);
    await badgeShows(chromium, "1");
    await settings.activate();
    await lineShows("Listening");
    await waitUntil('Firefox\'s badge shows "1"', 60_000, async () =>
      (await firefox.badge()) === "1" ? true : undefined,
    );
    const popup = await openRequest(chromium, DOORS);
    await firefox.openPopup();
    await firefoxShows("heading", DOORS);
    await firefox.clickInPopup("[data-testid=expected]");
    await waitUntil("Accept is armed", 10_000, () =>
      firefox.inPopup((document) => document.querySelector("[data-testid=accept]:enabled") !== null || undefined),
    );
    await firefox.clickInPopup("[data-testid=accept]");
    expect(await asked.finished).toMatchObject({ code: 0, stdout: "accepted\n" });
    await answeredElsewhere(popup);
    await badgeShows(chromium, "");
    await firefox.closePopup();
  });

  it("sees a request leave its open popup that the first one answers, and the block that was set there", async () => {
    const asked = system.spawn("--home", `${system.folder}/stranger`, "ask", ALICE, "Blocked on the first one");
    await badgeShows(chromium, "1");
    await settings.click("[data-testid=policy-card] summary");
    await settings.text("[data-testid=blocked]", "Nobody");
    await firefox.openPopup();
    await firefoxShows("heading", "Blocked on the first one");
    const popup = await openRequest(chromium, "Blocked on the first one");
    await popup.locator("[data-testid=reject-block]:enabled").click();
    await popup.getByTestId("block-state").filter({ hasText: "Blocked: your broker takes nothing more" }).waitFor();
    await popup.close();
    expect((await asked.finished).code).toBe(1);
    await firefoxShows("result", ELSEWHERE);
    await firefox.closePopup();
    const again = system.spawn("--home", `${system.folder}/stranger`, "ask", ALICE, "Once more");
    expect((await again.finished).code).toBe(3);
    // The lists are the broker's, and read when they are opened.
    await settings.click("[data-testid=policy-card] summary");
    await settings.click("[data-testid=policy-card] summary");
    await settings.text("[data-testid=blocked] [data-testid=entry]", "Unblock");
  });

  it("is asked when the first one sets up a fingerprint or PIN, which counts for nobody before", async () => {
    const page = await chromium.openPage(OPTIONS);
    await plugIn(page);
    await page.getByTestId("presence-set-up").click();
    await page
      .getByTestId("presence-waits")
      .filter({ hasText: chromiumKid.slice(-11) })
      .waitFor();
    expect(await chromium.badge()).toBe("");
    const unasked = await system.confirm("ask", ALICE, DOORS, "--presence", "--pin", chromiumKid);
    expect(unasked).toMatchObject({ code: 4 });
    await page.getByTestId("presence-settings").getByTestId("ask-again").click();
    await page.getByTestId("asked-again").filter({ hasText: "Asked." }).waitFor();

    await waitUntil('Firefox\'s badge shows "1"', 60_000, async () => (await firefox.badge()) === "1" || undefined);
    await firefox.openPopup();
    const heading = await waitUntil("Firefox's popup shows the question", 10_000, () =>
      firefox.inPopup((document) => document.querySelector("[data-testid=heading]")?.textContent ?? undefined),
    );
    expect(heading).toBe("Let your device ask for a fingerprint or PIN?");
    const origin = await firefox.inPopup((document) => document.querySelector("[data-testid=place]")?.textContent);
    expect(origin).toBe(`chrome-extension://${chromium.extensionId}`);
    await firefox.inPopup((document) => document.querySelector(".end")?.scrollIntoView());
    await firefox.clickInPopup("[data-testid=typed]");
    await firefox.pressInPopup(...chromiumKid.slice(-11).replace("-", ""));
    await waitUntil("Accept is armed", 10_000, () =>
      firefox.inPopup((document) => document.querySelector("[data-testid=accept]:enabled") !== null || undefined),
    );
    await firefox.clickInPopup("[data-testid=accept]");
    await waitUntil("the result is there", 10_000, () =>
      firefox.inPopup((document) => document.querySelector("[data-testid=next]") !== null || undefined),
    );
    await firefox.closePopup();
    await waitUntil("the settings say that it counts", 30_000, async () => {
      await page.reload();
      await page.getByTestId("presence-fingerprint").waitFor();
      return (await page.getByTestId("presence-waits").count()) === 0 || undefined;
    });
    await page.close();
  });

  it("is listed on the first one's settings, and revoked there: it says so, and gets nothing any more", async () => {
    const page = await chromium.openPage(OPTIONS);
    await page.getByTestId("devices").getByText("Devices of this account").click();
    const devices = page.getByTestId("device");
    await devices.nth(1).waitFor();
    expect(await devices.count()).toBe(2);
    expect(await devices.filter({ hasText: "this device" }).getByRole("code").innerText()).toBe(chromiumKid);
    const other = devices.filter({ hasText: firefoxKid.slice(0, 5) });
    await other.getByTestId("revoke").click();
    await other.getByTestId("revoke-really").click();
    await other.filter({ hasText: "revoked" }).waitFor();
    expect(await other.getByTestId("revoke").count()).toBe(0);
    await page.close();
    await lineShows("Revoked");
    const asked = system.spawn("ask", ALICE, "After the revocation");
    await badgeShows(chromium, "1");
    expect(await firefox.badge()).toBe("•");
    asked.child.kill("SIGINT");
    expect((await asked.finished).code).toBe(2);
    await badgeShows(chromium, "");
  });

  it("of which the user knows nothing is turned away, and its key stays out", async () => {
    const code = await system.code(ALICE);
    const mallory = ["--home", `${system.folder}/mallory`];
    await system.confirm(...mallory, "connect", ALICE, code);
    await badgeShows(chromium, "1");
    const popup = await chromium.openPopup();
    await popup.getByTestId("typed").waitFor();
    await waitUntil("Reject is live", 10_000, async () => (await popup.getByTestId("not-me").isEnabled()) || undefined);
    await popup.getByTestId("not-me").click();
    await resultShown(popup);
    expect(await popup.getByTestId("result").innerText()).toContain("You turned the device away");
    await waitUntil("the broker has the answer", 20_000, async () => {
      const { stdout } = await system.confirm("device", "list", "--id", ALICE, "--data", system.data);
      return /revoked.*confirm on/.test(stdout) || undefined;
    });
    const { code: exit, stderr } = await system.confirm(...mallory, "pending");
    expect(exit).not.toBe(0);
    expect(stderr).toContain("no active device");
  });
});
