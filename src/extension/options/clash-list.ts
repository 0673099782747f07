/**
 * Keys that asked under a pinned name without being the pinned one: both side by side, to be compared with the sender's own
 * word. Here alone the alarm is resolved: the pin is replaced, or kept.
 */
import { i18n, sendToBackground } from "../browser.ts";
import type { ClashView } from "../messages.ts";
import { button, element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { date, dateAndTime } from "../page/times.ts";
import { checkedFields } from "./checked-fields.ts";
import { form } from "./form.ts";
import { pinProblem } from "./pin-problem.ts";

export interface ClashList {
  readonly element: HTMLElement;
  readonly show: (clashes: readonly ClashView[]) => void;
}

/** Builds the list, empty. @param onSettled - called when the user decided about one */
export function createClashList(locale: string, onSettled: () => void): ClashList {
  const list = element("ul", { class: "cards", testid: "clashes" });
  let shown = "";
  return {
    element: list,
    show: (clashes) => {
      const now = JSON.stringify(clashes);
      // What somebody is comparing stays under their eyes.
      if (now === shown) return;
      shown = now;
      list.hidden = clashes.length === 0;
      list.replaceChildren(...clashes.map((clash) => card(clash, locale, onSettled)));
    },
  };
}

function card({ fromId, kid, asked, inBackup, pins }: ClashView, locale: string, onSettled: () => void): HTMLElement {
  const keep = button(i18n("clashKeep"), { testid: "clash-keep" }, () => {
    void sendToBackground("options.keepPin", { kid }).then(onSettled, onSettled);
  });
  return element(
    "li",
    { class: "card clash", testid: "clash" },
    element(
      "div",
      { attributes: { role: "alert" } },
      element("h3", {}, icon("changed"), sentence(inBackup ? "clashBackupTitle" : "clashTitle", foreign(fromId))),
    ),
    element(
      "div",
      { class: "kids" },
      ...pins.map((pin) =>
        side(
          i18n("clashPinned"),
          pin.kid,
          sentence("pinHow", foreign(pin.checkedBy), element("span", {}, date(pin.added, locale))),
        ),
      ),
      side(
        i18n(inBackup ? "clashBackup" : "clashAsked"),
        kid,
        i18n(inBackup ? "pinRestored" : "clashAskedAt", dateAndTime(asked, locale)),
      ),
    ),
    element("p", {}, i18n("clashAdvice")),
    keep,
    replaceForm(fromId, kid, onSettled),
  );
}

function side(label: string, kid: string, how: Node | string): HTMLElement {
  const key = fingerprint(kid, "clash-kid");
  return element("div", { class: "kid" }, element("h4", {}, label), key, element("p", { class: "hint" }, how));
}

function replaceForm(fromId: string, kid: string, onSettled: () => void): HTMLElement {
  const checked = checkedFields(`clash-checked-${kid}`);
  const made = form({
    fields: checked.fields,
    submit: { testid: "clash-replace", key: "clashReplace" },
    busy: "pinAdding",
    send: async () => {
      const checkedBy = checked.read();
      if (typeof checkedBy !== "string") return checkedBy;
      // The name is pinned already: nobody has to be warned of it.
      const response = await sendToBackground("options.addPin", {
        fromId,
        kid,
        checkedBy,
        replaces: true,
        anyway: true,
      });
      if (!response.ok) return pinProblem(response, {});
      onSettled();
      return { done: i18n("pinAdded", fromId) };
    },
  });
  return element("details", {}, element("summary", {}, i18n("clashOther")), made);
}
