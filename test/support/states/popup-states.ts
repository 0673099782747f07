/**
 * Every state of the popup that a user can meet, each made by what makes it: a broker, a sender, another device, a clock. They
 * come in an order in which one leaves what the next needs: a browser in which no account is connected yet is at the start.
 */
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import type { SigningKey } from "../../../src/crypto/index.ts";
import { newDevice } from "../asking.ts";
import {
  ALICE,
  badgeIs,
  connect,
  lookAt,
  PATIENCE_MS,
  press,
  ringUntilBadge,
  type TestPopup,
  testid,
} from "../each-browser/index.ts";
import { newKey } from "../signing.ts";
import { holdStorage, refuseStorage, releaseStorage } from "./held-storage.ts";
import { accepted, type Scene, until } from "./scene.ts";

export interface PopupState {
  readonly name: string;
  /** Leads there, and shows it. */
  readonly show: (scene: Scene) => Promise<TestPopup>;
  /** More than to answer what waits and to close the popup. */
  readonly leave?: (scene: Scene, popup: TestPopup) => Promise<void>;
}

const ETHEL = "bank@ethel.example";
const SHORT_MS = 12_000;
/** The hash of a code that nobody knows. */
const MATCH = "A".repeat(43);

let pinned: SigningKey | undefined;

/** The sender that Alice has pinned. */
async function pinnedKey(scene: Scene): Promise<SigningKey> {
  if (pinned !== undefined) return pinned;
  pinned = await newKey();
  await scene.pin(ETHEL, pinned.kid);
  return pinned;
}

/** Forgets whom the last user pinned. */
export function startOver(): void {
  pinned = undefined;
}

async function armed(popup: TestPopup): Promise<TestPopup> {
  await waitUntil("Accept is live", PATIENCE_MS, async () => (await popup.isLive(testid("accept"))) || undefined);
  return popup;
}

export const POPUP_STATES: readonly PopupState[] = [
  {
    name: "first-run",
    show: async ({ browser }) => {
      const popup = await browser.openPopup();
      await until(popup, testid("setup"));
      return popup;
    },
    leave: (_, popup) => popup.close(),
  },
  {
    name: "empty",
    show: async ({ browser, system }) => {
      await connect(browser, system, ALICE);
      const popup = await browser.openPopup();
      await until(popup, ".state-online");
      return popup;
    },
  },
  {
    name: "unverified",
    show: (scene) => scene.show(scene.texts.payment),
  },
  {
    name: "armed",
    show: async (scene) => {
      const popup = await scene.show(scene.texts.login);
      await popup.click(testid("expected"));
      return armed(popup);
    },
  },
  {
    name: "several",
    show: async (scene) => {
      await scene.ask(scene.texts.access);
      await badgeIs(scene.browser, "1");
      await scene.ask(scene.texts.payment);
      await scene.ask(scene.texts.login);
      await badgeIs(scene.browser, "3");
      return lookAt(scene.browser, scene.texts.access.heading);
    },
  },
  { name: "long-text", show: (scene) => scene.show(scene.texts.contract) },
  {
    name: "pinned",
    show: async (scene) => {
      await scene.ask(scene.texts.payment, { fromId: ETHEL }, await pinnedKey(scene));
      await badgeIs(scene.browser, "1");
      return armed(await lookAt(scene.browser, scene.texts.payment.heading));
    },
    leave: async (scene, popup) => {
      await accepted(popup);
      await scene.clear(popup);
    },
  },
  {
    name: "alarm",
    show: async (scene) => {
      await pinnedKey(scene);
      await scene.ask(scene.texts.payment, { fromId: ETHEL });
      await badgeIs(scene.browser, "!");
      return lookAt(scene.browser, scene.texts.payment.heading);
    },
  },
  {
    name: "local",
    show: async (scene) => {
      const bob = await newDevice(scene.system, "bob@localhost");
      await scene.ask(scene.texts.login, { fromId: "bob@localhost" }, bob);
      await badgeIs(scene.browser, "1");
      return lookAt(scene.browser, scene.texts.login.heading);
    },
  },
  {
    name: "more",
    show: async (scene) => {
      const popup = await scene.show(scene.texts.login);
      await popup.click(testid("more"));
      return popup;
    },
  },
  { name: "match", show: (scene) => scene.show(scene.texts.payment, { match: MATCH }) },
  { name: "presence", show: (scene) => scene.show(scene.texts.payment, { presence: true }) },
  {
    name: "encrypted",
    show: async ({ browser, system, texts }) => {
      const { heading } = texts.login;
      system.spawn("ask", ALICE, heading, "--encrypt");
      await badgeIs(browser, "1");
      return lookAt(browser, heading);
    },
  },
  {
    name: "expiring",
    show: (scene) => scene.show(scene.texts.login, { expire: Date.now() + SHORT_MS }),
    leave: () => Promise.resolve(),
  },
  {
    name: "expired",
    show: async ({ browser }) => {
      const popup = await browser.openPopup();
      await until(popup, testid("next"));
      return popup;
    },
  },
  {
    name: "accepted",
    show: async (scene) => {
      const popup = await scene.show(scene.texts.payment);
      await accepted(popup);
      await until(popup, ".line-accepted");
      return popup;
    },
  },
  {
    name: "rejected",
    show: async (scene) => {
      const popup = await scene.show(scene.texts.payment);
      await press(popup, "reject");
      await until(popup, ".line-rejected");
      return popup;
    },
  },
  {
    name: "withdrawn",
    show: async (scene) => {
      const { heading } = scene.texts.login;
      const asked = scene.system.spawn("ask", ALICE, heading);
      await badgeIs(scene.browser, "1");
      const popup = await lookAt(scene.browser, heading);
      asked.child.kill("SIGINT");
      await until(popup, testid("next"));
      return popup;
    },
  },
  {
    name: "refused",
    show: async (scene) => {
      const blocked = await newKey();
      await scene.ask(scene.texts.access, {}, blocked);
      await scene.ask(scene.texts.payment, {}, blocked);
      await badgeIs(scene.browser, "2");
      const popup = await lookAt(scene.browser, scene.texts.access.heading);
      await press(popup, "reject-block");
      await press(popup, "next");
      await until(popup, testid("notShown"));
      return popup;
    },
  },
  {
    name: "offline",
    show: async ({ browser, system }) => {
      await system.stopBroker();
      const popup = await browser.openPopup();
      await until(popup, ".state-offline");
      return popup;
    },
    leave: async ({ browser, system }, popup) => {
      await system.startBroker();
      await until(popup, ".state-online");
      await popup.close();
      await badgeIs(browser, "");
    },
  },
  {
    name: "signed-and-waiting",
    show: async (scene) => {
      const popup = await scene.show(scene.texts.payment);
      await scene.system.stopBroker();
      await accepted(popup);
      return popup;
    },
    leave: async (scene, popup) => {
      await scene.system.startBroker();
      await until(popup, ".line-accepted");
      await scene.clear(popup);
    },
  },
  {
    name: "endorsement",
    show: async ({ browser, system }) => {
      await newDevice(system, ALICE);
      // The broker was down: the next alarm finds it again at the latest.
      const settings = await browser.openOptions();
      await ringUntilBadge(browser, settings, "1");
      await settings.close();
      const popup = await browser.openPopup();
      await until(popup, testid("fingerprint-start"));
      return popup;
    },
  },
  // What comes next loses what was stored.
  {
    name: "silent",
    show: async ({ browser }) => {
      await holdStorage(browser);
      const popup = await browser.openPopup();
      await until(popup, testid("error"));
      return popup;
    },
    leave: (_, popup) => popup.close(),
  },
  {
    name: "storage-closed",
    show: async ({ browser }) => {
      await refuseStorage();
      const popup = await browser.openPopup();
      await until(popup, testid("error"));
      return popup;
    },
    leave: async (_, popup) => {
      await popup.close();
      await releaseStorage();
    },
  },
];
