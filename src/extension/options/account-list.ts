/** The connected accounts: how the line is, and the two fingerprints that a user compares with the other side. */
import { i18n, sendToBackground } from "../browser.ts";
import { counted } from "../language.ts";
import type { AccountView, ResponseOf } from "../messages.ts";
import { button, element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { lineElement } from "../page/lines.ts";
import { date } from "../page/times.ts";
import { askAgainButton } from "./ask-again.ts";
import { deviceList } from "./device-list.ts";
import { presenceSettings } from "./presence.ts";
import { removal } from "./removal.ts";

type Card = ResponseOf<"options.accounts">["accounts"][number];

/** The broker is told that this device goes, and may be slow. */
const REMOVE_MS = 30_000;

export interface AccountList {
  readonly element: HTMLElement;
  readonly show: (accounts: readonly Card[]) => void;
}

interface Item {
  readonly element: HTMLElement;
  /** Renews how the line is, and leaves the rest alone: somebody may be reading, or about to press. */
  readonly renew: (account: Card) => void;
}

/** Builds the list, empty. @param onRemoved - called when an account is gone, with what to know about that */
export function createAccountList(locale: string, onRemoved: (note: string) => void): AccountList {
  const list = element("ul", { class: "cards" });
  const items = new Map<string, Item>();
  return {
    element: list,
    show: (accounts) => {
      const keys = accounts.map(keyOf);
      for (const key of items.keys()) if (!keys.includes(key)) items.delete(key);
      for (const account of accounts) {
        const item = items.get(keyOf(account)) ?? createItem(account, locale, onRemoved);
        item.renew(account);
        items.set(keyOf(account), item);
      }
      const wanted = keys.flatMap((key) => items.get(key)?.element ?? []);
      if (wanted.length !== list.childElementCount || wanted.some((child, index) => list.children[index] !== child)) {
        list.replaceChildren(...wanted);
      }
    },
  };
}

/** What makes two views the same card: all but the state of the line. */
function keyOf({ account, broker, deviceKid, serviceKid, deviceName, followed, presence }: AccountView): string {
  return JSON.stringify([account, broker, deviceKid, serviceKid, deviceName, followed, presence]);
}

function createItem(view: AccountView, locale: string, onRemoved: (note: string) => void): Item {
  const { account, broker } = view;
  let unsent = 0;
  const state = element("div", { class: "card-state" });
  const again = askAgainButton(view);
  let shown = "";
  const card = element(
    "li",
    { class: "card", testid: "account-card" },
    element("div", { class: "card-head" }, element("h3", {}, foreign(account)), state),
    again,
    element(
      "div",
      { class: "kids" },
      kid("deviceKid", "deviceKidHint", view.deviceKid, "fingerprint"),
      kid("serviceKid", "serviceKidHint", view.serviceKid, "service-fingerprint"),
    ),
    followedKey(view, locale),
    element("dl", {}, ...fact("fieldBroker", foreign(broker)), ...fact("fieldDevice", foreign(view.deviceName))),
    deviceList(view, locale),
    presenceSettings(view),
    removal({
      name: i18n("accountNamed", account, new URL(broker).host),
      question: () =>
        unsent > 0
          ? i18n("sentences", i18n("removeAccountQuestion"), counted("removeAccountUnsent", unsent))
          : i18n("removeAccountQuestion"),
      remove: async () => {
        const { removed, told } = await sendToBackground("options.removeAccount", { account, broker }, REMOVE_MS);
        if (removed) onRemoved(told ? "" : i18n("removedUntold", account));
        return removed;
      },
    }),
  );
  return {
    element: card,
    renew: (account) => {
      ({ unsent } = account);
      const now = JSON.stringify([account.line, account.clockAhead]);
      if (now !== shown) state.replaceChildren(lineElement(account, locale));
      again.hidden = account.line !== "pending";
      shown = now;
    },
  };
}

/** The broker's key was followed to its next one: said until the user has seen it. */
function followedKey({ account, broker, followed }: AccountView, locale: string): HTMLElement | undefined {
  if (followed === undefined) return undefined;
  const seen = button(i18n("keySeen"), { testid: "key-seen" }, () => {
    void sendToBackground("options.seenKey", { account, broker }).catch(() => undefined);
  });
  const words = sentence("keyFollowed", element("span", {}, date(followed.at, locale)), fingerprint(followed.former));
  return element("div", { class: "notice", testid: "followed" }, element("p", {}, words), seen);
}

function kid(label: string, hint: string, value: string, testid: string): HTMLElement {
  return element(
    "div",
    { class: "kid" },
    element("h4", {}, i18n(label)),
    fingerprint(value, testid),
    element("p", { class: "hint" }, i18n(hint)),
  );
}

function fact(label: string, value: HTMLElement): readonly HTMLElement[] {
  return [element("dt", {}, i18n(label)), element("dd", {}, value)];
}
