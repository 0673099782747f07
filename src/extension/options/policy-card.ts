/**
 * Whom an account wants to be asked by. The lists are the broker's and not this device's: they are shown as it said them,
 * with the time, and where it cannot be asked that is what is shown.
 */
import { i18n, sendToBackground } from "../browser.ts";
import type { AccountView, EntryView, PolicyChange, PolicyView, WaitingBlock } from "../messages.ts";
import { button, element, foreign } from "../page/dom.ts";
import { clockTime, dateAndTime } from "../page/times.ts";
import { selectField, textField } from "./field.ts";
import { form, type Problem } from "./form.ts";
import { senderRow } from "./sender-name.ts";
import { POLICY_FAILURES, WAITING } from "./words.ts";

export interface PolicyCard {
  readonly element: HTMLElement;
  /** The blocks that are not at the broker yet. */
  readonly showWaiting: (waiting: readonly WaitingBlock[]) => void;
}

/** The broker may be slow, and a change asks it twice. */
const POLICY_MS = 45_000;

/** The card of an account, closed; the broker is asked when it is opened. */
export function policyCard({ account, broker }: AccountView, locale: string): PolicyCard {
  const waiting = element("div", {});
  const said = element("div", { class: "policy", testid: "policy" });
  const card = element(
    "details",
    { class: "card", testid: "policy-card" },
    element("summary", {}, foreign(account)),
    waiting,
    said,
  );
  let waitingNow = "[]";

  /** Asks the broker, with a change or without; what goes wrong is a problem in words. */
  async function ask(change: PolicyChange | null): Promise<Problem | undefined> {
    const response = await sendToBackground("options.policy", { account, broker, change }, POLICY_MS);
    if (!response.ok) return { text: i18n(POLICY_FAILURES[response.failure]), detail: response.detail };
    said.replaceChildren(...policyElements(response.policy));
    return undefined;
  }

  async function load(change: PolicyChange | null = null): Promise<void> {
    if (said.childElementCount === 0) said.append(element("p", { class: "hint" }, i18n("policyAsking")));
    const problem = await ask(change).catch((): Problem => ({ text: i18n("errorText") }));
    if (problem === undefined) return;
    const again = button(i18n("policyAgain"), { testid: "policy-again" }, () => void load());
    said.replaceChildren(
      element("p", { class: "problem", testid: "error", attributes: { role: "alert" } }, problem.text),
      again,
    );
  }

  function policyElements({ block, allow, allowOnly, coolDowns }: PolicyView): readonly HTMLElement[] {
    const only = element("input", { testid: "allow-only", attributes: { type: "checkbox" } });
    only.checked = allowOnly;
    only.addEventListener("change", () => void load({ act: only.checked ? "only" : "all", entry: "" }));
    const waits = coolDowns.map((one) => ({ ...one, note: i18n("coolDownUntil", dateAndTime(one.until, locale)) }));
    return [
      element("p", { class: "hint", testid: "policy-as-of" }, i18n("policyAsOf", clockTime(Date.now(), locale))),
      element("label", { class: "switch" }, only, element("span", {}, i18n("allowOnly"))),
      ...rows("blocked", block, "unblock", "policyNobody"),
      ...rows("allowed", allow, "disallow", "policyNobody"),
      ...rows("coolDowns", waits, "lift", undefined),
      addForm(),
    ];
  }

  /** A list with its title; one that is empty says so, or is left out. */
  function rows(
    title: "blocked" | "allowed" | "coolDowns",
    entries: readonly (EntryView & { readonly note?: string })[],
    act: "unblock" | "disallow" | "lift",
    none: string | undefined,
  ): readonly HTMLElement[] {
    if (entries.length === 0 && none === undefined) return [];
    const items = entries.map((entry) =>
      senderRow(entry, entry.note, { key: act, testid: act, run: () => void load({ act, entry: entry.entry }) }),
    );
    const list = items.length === 0 && none !== undefined ? [element("li", { class: "hint" }, i18n(none))] : items;
    return [element("h4", {}, i18n(title)), element("ul", { class: "entries", testid: title }, ...list)];
  }

  function addForm(): HTMLElement {
    const entry = textField(`policy-entry-${account}`, "fieldEntry", "fieldEntryHint");
    const list = selectField(`policy-list-${account}`, "fieldList", undefined, {
      block: "listBlock",
      allow: "listAllow",
    });
    entry.input.dataset["testid"] = "policy-entry";
    list.input.dataset["testid"] = "policy-list";
    return form({
      fields: [entry, list],
      submit: { testid: "policy-add", key: "policyAdd" },
      busy: "policyAsking",
      send: async () => {
        const act = list.input.value === "allow" ? "allow" : "block";
        const problem = await ask({ act, entry: entry.input.value.trim() });
        return problem === undefined ? { done: "" } : { ...problem, field: entry };
      },
    });
  }

  card.addEventListener("toggle", () => {
    if (card.open) void load();
  });
  return {
    element: card,
    showWaiting: (blocks) => {
      const now = JSON.stringify(blocks);
      if (now === waitingNow) return;
      waitingNow = now;
      waiting.replaceChildren(
        ...(blocks.length === 0 ? [] : waitingElements(blocks, (kid) => load({ act: "unblock", entry: kid }))),
      );
      // What waited may have reached the broker.
      if (card.open) void load();
      else if (blocks.length > 0) card.open = true;
    },
  };
}

function waitingElements(
  blocks: readonly WaitingBlock[],
  drop: (kid: string) => Promise<void>,
): readonly HTMLElement[] {
  const rows = blocks.flatMap(({ kid, fromId, state }) => {
    if (state === "done") return [];
    const run = (): void => void drop(kid);
    return [senderRow({ entry: kid, fromId }, i18n(WAITING[state]), { key: "blockDrop", testid: "block-drop", run })];
  });
  return [
    element("h4", {}, i18n("blockWaiting")),
    element("ul", { class: "entries", testid: "blocks-waiting" }, ...rows),
  ];
}
