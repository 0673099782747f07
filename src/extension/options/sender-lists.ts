/** Whom the accounts want to be asked by, a card for each; and the keys that this device muted. */
import { i18n, sendToBackground } from "../browser.ts";
import type { AccountView, ResponseOf } from "../messages.ts";
import { element } from "../page/dom.ts";
import { type PolicyCard, policyCard } from "./policy-card.ts";
import { senderRow } from "./sender-name.ts";

export interface SenderLists {
  readonly policies: HTMLElement;
  readonly muted: HTMLElement;
  readonly show: (accounts: readonly AccountView[], senders: ResponseOf<"options.senders">) => void;
}

/** Builds the lists, empty. @param onUnmuted - called when a key is not muted any more */
export function createSenderLists(locale: string, onUnmuted: () => void): SenderLists {
  const policies = element("div", { class: "cards" });
  const muted = element("ul", { class: "entries none", testid: "muted" });
  const cards = new Map<string, PolicyCard>();
  let mutedNow = "";

  function showPolicies(accounts: readonly AccountView[], waiting: ResponseOf<"options.senders">["waiting"]): void {
    const keys = accounts.map(keyOf);
    for (const [key, card] of cards) {
      if (keys.includes(key)) continue;
      card.element.remove();
      cards.delete(key);
    }
    for (const account of accounts) {
      const card = cards.get(keyOf(account)) ?? policyCard(account, locale);
      cards.set(keyOf(account), card);
      if (!card.element.isConnected) policies.append(card.element);
      card.showWaiting(waiting.filter((block) => keyOf(block) === keyOf(account)));
    }
  }

  function showMuted(senders: ResponseOf<"options.senders">["muted"]): void {
    const now = JSON.stringify(senders);
    if (now === mutedNow) return;
    mutedNow = now;
    const rows = senders.map(({ kid, fromId }) => {
      const run = (): void => void sendToBackground("options.unmute", { kid }).then(onUnmuted, onUnmuted);
      return senderRow({ entry: kid, fromId }, undefined, { key: "unmute", testid: "unmute", run });
    });
    muted.replaceChildren(...(rows.length === 0 ? [element("li", {}, i18n("mutedNobody"))] : rows));
  }

  return {
    policies,
    muted,
    show: (accounts, { muted: silent, waiting }) => {
      showPolicies(accounts, waiting);
      showMuted(silent);
    },
  };
}

function keyOf({ account, broker }: { readonly account: string; readonly broker: string }): string {
  return JSON.stringify([account, broker]);
}
