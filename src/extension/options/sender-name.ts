/** A sender in a list: by its key, beside it the name that it claimed; or an account or a domain, as it was written. */
import { i18n } from "../browser.ts";
import type { EntryView } from "../messages.ts";
import { element, fingerprint, foreign, sentence } from "../page/dom.ts";

const FINGERPRINT = /^[A-Z2-7]{5}(?:-[A-Z2-7]{5}){5}$/;

/** The element. */
export function senderName({ entry, fromId }: EntryView): HTMLElement {
  if (!FINGERPRINT.test(entry)) return element("div", { class: "entry-name" }, foreign(entry));
  const claim = fromId === "" ? i18n("keyUnnamed") : sentence("claimed", foreign(fromId));
  return element("div", { class: "entry-name" }, fingerprint(entry), element("p", { class: "hint" }, claim));
}

/** A row of a list: a sender, what there is to say of it, and one thing to do. */
export function senderRow(
  entry: EntryView,
  note: string | undefined,
  act: { readonly key: string; readonly testid: string; readonly run: () => void },
): HTMLElement {
  const press = element("button", { class: "link", testid: act.testid, attributes: { type: "button" } }, i18n(act.key));
  press.setAttribute("aria-label", `${i18n(act.key)}: ${entry.entry}`);
  press.addEventListener("click", () => {
    press.disabled = true;
    act.run();
  });
  const said = note === undefined ? undefined : element("p", { class: "hint" }, note);
  return element("li", { class: "entry", testid: "entry" }, element("div", {}, senderName(entry), said), press);
}
