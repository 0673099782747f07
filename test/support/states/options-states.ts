/** The states of the settings page, in an order in which one leaves what the next needs. */
import { ALICE, connect, type TestTab, testid } from "../each-browser/index.ts";
import { newDevice } from "../asking.ts";
import { newKey } from "../signing.ts";
import type { Scene } from "./scene.ts";

export interface OptionsState {
  readonly name: string;
  /** Leads there, and shows it; the tab is closed after. */
  readonly show: (scene: Scene) => Promise<TestTab>;
}

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
    name: "settings-devices",
    show: async (scene) => {
      await newDevice(scene.system, ALICE);
      const tab = await scene.settings();
      await tab.click(`${testid("devices")} summary`);
      await tab.text(`${testid("device")} ~ ${testid("device")}`);
      return tab;
    },
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
];
