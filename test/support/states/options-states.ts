/** The states of the settings page, in an order in which one leaves what the next needs. */
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import { ALICE, connect, giveFile, type TestTab, testid } from "../each-browser/index.ts";
import { newDevice } from "../asking.ts";
import { newKey } from "../signing.ts";
import { holdStorage, refuseStorage } from "./held-storage.ts";
import { accepted, type Scene } from "./scene.ts";

export interface OptionsState {
  readonly name: string;
  /** Leads there, and shows it; the tab is closed after. */
  readonly show: (scene: Scene) => Promise<TestTab>;
  /** Where on the page it is. */
  readonly part?: string;
}

const COPIED_MS = 10_000;
const SHOP = "shop@ethel.example";

export const OPTIONS_STATES: readonly OptionsState[] = [
  {
    name: "settings-first-run",
    show: async ({ browser }) => {
      const tab = await browser.openOptions();
      await tab.text(testid("connect"));
      return tab;
    },
  },
  {
    name: "settings-wrong-code",
    show: async ({ browser, system }) => {
      const tab = await browser.openOptions();
      await tab.text(testid("connect"));
      await tab.type(testid("account"), ALICE);
      await tab.type(testid("code"), "ABCDEFGHIJKLMNOP");
      await tab.type(testid("broker"), system.origin);
      await tab.click(testid("connect"));
      await tab.text(testid("error"));
      return tab;
    },
  },
  {
    name: "settings",
    show: async (scene) => {
      await connect(scene.browser, scene.system, ALICE);
      return scene.settings();
    },
  },
  {
    name: "settings-history",
    show: async (scene) => {
      const { payment, login } = scene.texts;
      const popup = await scene.show(payment);
      await accepted(popup);
      await scene.clear(popup);
      await scene.clear(await scene.show(login));
      const tab = await scene.settings();
      await tab.text(`${testid("past")}:last-child ${testid("past-heading")}`, payment.heading);
      await tab.click(`${testid("past")}:last-child summary`);
      return tab;
    },
    part: "section:has([data-testid=history])",
  },
  {
    name: "settings-devices",
    show: async (scene) => {
      await newDevice(scene.system, ALICE);
      const tab = await scene.settings();
      await tab.click(`${testid("devices")} summary`);
      await tab.text(`${testid("device")} ~ ${testid("device")}`);
      return tab;
    },
    part: testid("account-card"),
  },
  {
    name: "settings-changed-key",
    show: async (scene) => {
      await scene.pin(SHOP, (await newKey()).kid);
      await scene.ask(scene.texts.payment, { fromId: SHOP });
      const tab = await scene.settings();
      await tab.text(testid("clash"));
      return tab;
    },
  },
  {
    name: "settings-backup",
    show: async (scene) => {
      const pin = { Checked: "by phone", Added: "2026-11-20T10:00:00Z" };
      const [first, second] = [(await newKey()).kid, (await newKey()).kid];
      const tab = await scene.settings();
      await giveFile(tab, {
        Backup: {
          Version: 1,
          Created: "2026-11-24T10:00:00Z",
          Pins: [
            { FromID: SHOP, Kid: first, ...pin },
            { FromID: "payments@bank.example", Kid: second, ...pin },
            { FromID: "shop@xn--thel-u4d.example", Kid: second, ...pin },
          ],
          Muted: [{ FromID: "eve@example.net", Kid: second }],
          Settings: { Theme: "dark", Notifications: "pinned", History: "year" },
          Accounts: [
            { Account: "alice@example.org", Broker: "https://example.org/.well-known/confirm", Device: first },
          ],
        },
      });
      await tab.text(testid("backup-found"));
      await tab.click(testid("diagnostics-copy"));
      // Not by a full stop: there are languages that have another.
      await waitUntil("the diagnostics are copied", COPIED_MS, async () => {
        const said = await tab.evaluate(() => document.querySelector("[data-testid=diagnostics-status]")?.textContent);
        return said?.trim() === "" ? undefined : said;
      });
      return tab;
    },
  },
  {
    name: "settings-storage-closed",
    show: async ({ browser }) => {
      await holdStorage(browser);
      await refuseStorage();
      const tab = await browser.openOptions();
      await tab.text(testid("storage"));
      return tab;
    },
  },
];
