/** The history in the settings: it shows what was answered, is searched, hands out receipts that verify, forgets. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import {
  acceptIn,
  ALICE,
  badgeIs,
  BROWSERS,
  lookAt,
  PATIENCE_MS,
  press,
  rejectIn,
  type TestBrowser,
  type TestTab,
  testid,
  userIn,
} from "../support/each-browser/index.ts";

const LONG = { timeout: 120_000 };

/** Runs in the settings page: the headings that are listed, top down. */
const listed = (): readonly string[] =>
  [...document.querySelectorAll("[data-testid=past-heading]")].map((element) => element.textContent);

async function showsOnly(tab: TestTab, headings: readonly string[]): Promise<void> {
  await waitUntil(`the history has ${headings.join(", ")}`, PATIENCE_MS, async () =>
    JSON.stringify(await tab.evaluate(listed)) === JSON.stringify(headings) ? true : undefined,
  );
}

/** Presses what saves a file; the file. In Firefox the page hands it over: where a download goes its driver cannot choose. */
async function saved(browser: TestBrowser, tab: TestTab, selector: string, file: string): Promise<string> {
  if (browser.name === "Chromium") {
    await tab.download(selector, file);
    return file;
  }
  await tab.evaluate(() => {
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (made: Blob) => {
      void made.text().then((text) => Reflect.set(globalThis, "saved", text));
      return create(made);
    };
    HTMLAnchorElement.prototype.click = () => undefined;
  });
  await tab.click(selector);
  const text = await waitUntil("the file is made", PATIENCE_MS, () =>
    tab.evaluate(() => {
      const made: unknown = Reflect.get(globalThis, "saved");
      Reflect.deleteProperty(globalThis, "saved");
      return typeof made === "string" ? made : undefined;
    }),
  );
  await writeFile(file, text);
  return file;
}

/** Chooses how long the history is kept, and saves that; what the page says then. */
async function keep(tab: TestTab, label: string): Promise<string> {
  await tab.choose(testid("history-keep"), label);
  await tab.click(testid("history-keep-save"));
  return tab.text(".past-section form [role=status]", "saved");
}

describe.each(BROWSERS)("the history in %s", LONG, (name) => {
  const alice = userIn(name, { policy: { limits: false } });

  test("shows what was answered, finds it, and saves receipts that verify with the device's fingerprint", async () => {
    const { browser, system, kid } = alice();
    const asked = system.spawn("ask", ALICE, "Pay 20 EUR", "--paragraph", "To Initech", "--button", "Now");
    await badgeIs(browser, "1");
    const popup = await lookAt(browser, "Pay 20 EUR");
    expect(await acceptIn(popup)).toContain("accepted");
    expect((await asked.finished).code).toBe(0);
    await press(popup, "next");
    await popup.close();
    const secret = system.spawn("ask", ALICE, "Merge with Globex", "--encrypt", "--pin", kid);
    await badgeIs(browser, "1");
    const other = await lookAt(browser, "Merge with Globex");
    expect(await rejectIn(other)).toContain("rejected");
    expect((await secret.finished).code).toBe(1);
    await press(other, "next");
    await other.close();

    const tab = await browser.openOptions();
    await showsOnly(tab, ["Encrypted", "Pay 20 EUR"]);
    expect(await tab.text(`${testid("weeks")} figcaption`)).toContain("2 answers");
    await tab.type(testid("history-search"), "initech");
    await showsOnly(tab, ["Pay 20 EUR"]);
    await tab.click(`${testid("past")} summary`);
    const text = await tab.text(testid("past"), "To Initech");
    expect(text).toContain("You accepted: Now");
    expect(text).toContain("Signed, and delivered");
    expect(await tab.text(testid("past-trust"))).toBe("Unverified sender");

    const one = await saved(browser, tab, testid("receipt-save"), join(system.folder, "one.json"));
    const verified = await system.confirm("verify", one, "--pin", kid);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain("answer   accepted: Now");
    expect(JSON.parse(await readFile(one, "utf8"))).toHaveProperty("Receipt.Stamp");
    const all = await saved(browser, tab, testid("receipts-save"), join(system.folder, "all.json"));
    expect(await system.confirm("verify", all, "--pin", kid)).toMatchObject({ code: 0 });
    expect(await tab.text(testid("past-status"))).toBe(
      "One receipt was saved. Of one answer only the sender can have a receipt.",
    );
    await tab.close();
  });

  test("opens an encrypted request when that is asked, prints what is shown, is cleared after a question, and is off", async () => {
    const { browser, system } = alice();
    const tab = await browser.openOptions();
    await tab.text(testid("past"));
    await tab.click(`${testid("past")} summary`);
    expect(await tab.text(testid("past"))).not.toContain("Globex");
    await tab.click(testid("past-open"));
    expect(await tab.text(testid("past"), "Globex")).toContain("only the sender can have a receipt");

    await tab.evaluate(() => {
      globalThis.print = () => {
        Reflect.set(globalThis, "printed", document.querySelectorAll("details.past[open]").length);
      };
    });
    await tab.click(testid("print"));
    expect(await tab.evaluate(() => Reflect.get(globalThis, "printed") as number)).toBe(2);

    const waits = system.spawn("ask", ALICE, "Still waits", "--timeout", "2m");
    await badgeIs(browser, "1");
    await tab.click(testid("clear"));
    expect(await tab.text(`.past-tools ${testid("removal")}`)).toContain("save those that you need first");
    await tab.click(testid("clear-really"));
    await showsOnly(tab, []);
    expect(await tab.text(testid("past-status"))).toBe("Nothing was asked yet.");

    expect(await browser.badge()).toBe("1");
    const popup = await lookAt(browser, "Still waits");
    expect(await rejectIn(popup)).toContain("rejected");
    expect((await waits.finished).code).toBe(1);
    await press(popup, "next");
    await popup.close();
    await showsOnly(tab, ["Still waits"]);
    expect(await keep(tab, "Off: keep no history")).toContain("It is saved.");
    await showsOnly(tab, []);
    await tab.close();
  });
});
