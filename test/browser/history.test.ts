/**
 * What the settings keep and hand out: the history, which is searched, hands out receipts that verify, and forgets; backups;
 * diagnostics, which tell nothing of either.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import {
  acceptIn,
  ALICE,
  badgeIs,
  BROWSERS,
  giveFile,
  lookAt,
  PATIENCE_MS,
  press,
  rejectIn,
  type TestBrowser,
  type TestTab,
  testid,
  userIn,
} from "../support/each-browser/index.ts";

const SHOP = "shop@ethel.example";
const [SHOP_KID, OTHER_KID] = ["MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI", "MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL"];
const EVE_KID = "MCPRN-PFLOS-C2CGM-IVIJ4-VF46G-GQTH5";
const PIN = { FromID: SHOP, Kid: SHOP_KID, Checked: "by phone", Added: "2026-11-20T10:00:00Z" };
const BACKUP = {
  Version: 1,
  Created: "2026-11-24T10:00:00Z",
  Pins: [PIN],
  Muted: [{ FromID: "eve@example.net", Kid: EVE_KID }],
  Settings: { Theme: "dark", Notifications: "pinned", History: "year" },
  Accounts: [{ Account: "alice@example.org", Broker: "https://example.org/.well-known/confirm", Device: OTHER_KID }],
};

const LONG = { timeout: 120_000 };

/** Runs in the settings page: the headings that are listed, top down. */
const listed = (): readonly string[] =>
  [...document.querySelectorAll("[data-testid=past-heading]")].map((element) => element.textContent);

async function showsOnly(tab: TestTab, headings: readonly string[]): Promise<void> {
  await waitUntil(`the history has ${headings.join(", ")}`, PATIENCE_MS, async () =>
    JSON.stringify(await tab.evaluate(listed)) === JSON.stringify(headings) ? true : undefined,
  );
}

/** Runs in the settings page of Chromium: how much moved since its first paint that nobody had pressed for. */
async function moved(): Promise<number> {
  const entries = await new Promise<PerformanceEntryList>((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve([]), 500);
  });
  return entries
    .filter((entry) => Reflect.get(entry, "hadRecentInput") === false)
    .reduce((sum, entry) => sum + (Reflect.get(entry, "value") as number), 0);
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

  test("takes a backup only after it was shown, puts no pin in another's place, and saves one with neither key nor history", async () => {
    const { browser, system, kid } = alice();
    const tab = await browser.openOptions();
    const given = async (content: object): Promise<string> => {
      await giveFile(tab, { Backup: content });
      return tab.text(testid("backup-found"));
    };
    const found = await given(BACKUP);
    for (const words of ["To be pinned: 1", SHOP, "To be muted: 1", "alice@example.org", "Look: Dark"])
      expect(found).toContain(words);
    expect(await tab.text(testid("pins"))).toBe("No sender is pinned.");
    await tab.click(testid("backup-settings"));
    await tab.click(testid("backup-restore"));
    expect(await tab.text(testid("backup-status"), "restored")).toBe("It is restored.");
    expect(await tab.text(testid("pins"), SHOP)).toContain("From a backup");
    await tab.text(testid("muted"), "eve@example.net");
    await expect.poll(() => tab.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");

    const forged = { ...BACKUP, Pins: [{ ...PIN, Kid: OTHER_KID }], Muted: [] };
    expect(await given(forged)).toContain("Other keys than you pinned, not added: 1");
    await tab.click(testid("backup-restore"));
    expect(await tab.text(testid("clash"))).toContain(`A backup has another key for ${SHOP} than you pinned`);
    expect(await tab.text(testid("pins"))).not.toContain("MBTJV");
    await tab.click(testid("clash-keep"));
    await giveFile(tab, { Backup: { Version: 2 } });
    expect(await tab.text(`.backup ${testid("error")}`)).toContain("a newer version");

    const file = await saved(browser, tab, testid("backup-save"), join(system.folder, "backup.json"));
    const { Backup } = JSON.parse(await readFile(file, "utf8")) as { readonly Backup: typeof BACKUP };
    expect(Backup).toEqual({
      ...BACKUP,
      Created: expect.stringMatching(/^20.*Z$/) as string,
      Accounts: [{ Account: ALICE, Broker: `${system.origin}/.well-known/confirm`, Device: kid }],
    });
    await tab.close();
  });

  test("hands out diagnostics in which nothing is that was asked or answered, by whom, or with which key", async () => {
    const { browser, kid } = alice();
    const tab = await browser.openOptions();
    const oldest = `${testid("past")}:last-child`;
    await tab.click(`${oldest} summary`);
    const [, from = ""] = /Claims to be (\S+@\S+)/.exec(await tab.text(oldest, "Claims to be")) ?? [];
    expect(from).not.toBe("");
    await tab.click(testid("diagnostics-copy"));
    await tab.text(testid("diagnostics-status"), "copied");
    const text = await tab.evaluate(
      () => document.querySelector<HTMLTextAreaElement>("[data-testid=diagnostics]")?.value ?? "",
    );
    expect(text).toContain("accounts: 1, pins: 1, muted: 1");
    expect(text).toContain("requests: delivered 2");
    expect(text).toMatch(/account 1: (127\.0\.0\.1|localhost):\d+, online, last contact \d+ s ago, last error none/);
    for (const secret of [
      from,
      "Pay",
      "Initech",
      "Globex",
      ALICE,
      SHOP,
      "ethel",
      ...kid.split("-"),
      ...SHOP_KID.split("-"),
    ])
      expect(text).not.toContain(secret);
    // Nor any key's fingerprint, BrokerID, connect code or digest.
    expect(text).not.toMatch(/[A-Z2-7]{4}-[A-Z2-7]{4}|[\w-]{40}/);
    if (browser.name === "Chromium") expect(await tab.evaluate(moved)).toBeLessThan(0.01);
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
