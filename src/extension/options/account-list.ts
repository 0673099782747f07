/** The connected accounts: how the line is, and the two fingerprints that a user compares with the other side. */
import { i18n, sendToBackground } from "../browser.ts";
import type { AccountView } from "../messages.ts";
import { element, fingerprint, foreign } from "../page/dom.ts";
import { lineElement } from "../page/lines.ts";
import { removal } from "./removal.ts";

export interface AccountList {
  readonly element: HTMLElement;
  readonly show: (accounts: readonly AccountView[]) => void;
}

interface Item {
  readonly element: HTMLElement;
  /** Renews how the line is, and leaves the rest alone: somebody may be reading, or about to press. */
  readonly renew: (account: AccountView) => void;
}

/** Builds the list, empty. @param onRemoved - called when an account is gone */
export function createAccountList(locale: string, onRemoved: () => void): AccountList {
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
      const shown = keys.flatMap((key) => items.get(key)?.element ?? []);
      const none = element("li", { class: "none", testid: "empty" }, i18n("accountsNone"));
      const wanted = shown.length === 0 ? [none] : shown;
      if (wanted.length !== list.childElementCount || wanted.some((child, index) => list.children[index] !== child)) {
        list.replaceChildren(...wanted);
      }
    },
  };
}

/** What makes two views the same card: all but the state of the line. */
function keyOf({ account, broker, deviceKid, serviceKid, deviceName }: AccountView): string {
  return JSON.stringify([account, broker, deviceKid, serviceKid, deviceName]);
}

function createItem(view: AccountView, locale: string, onRemoved: () => void): Item {
  const { account, broker } = view;
  const state = element("div", { class: "card-state" });
  let shown = "";
  const card = element(
    "li",
    { class: "card", testid: "account-card" },
    element("div", { class: "card-head" }, element("h3", {}, foreign(account)), state),
    element(
      "div",
      { class: "kids" },
      kid("deviceKid", "deviceKidHint", view.deviceKid, "fingerprint"),
      kid("serviceKid", "serviceKidHint", view.serviceKid, "service-fingerprint"),
    ),
    element("dl", {}, ...fact("fieldBroker", foreign(broker)), ...fact("fieldDevice", foreign(view.deviceName))),
    removal({
      name: account,
      question: "removeAccountQuestion",
      remove: async () => {
        const { removed } = await sendToBackground("options.removeAccount", { account, broker });
        if (removed) onRemoved();
        return removed;
      },
    }),
  );
  return {
    element: card,
    renew: (account) => {
      const now = JSON.stringify([account.line, account.clockAhead]);
      if (now !== shown) state.replaceChildren(lineElement(account, locale));
      shown = now;
    },
  };
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
