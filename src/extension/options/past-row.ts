/** One request of the history: a line, and when it is opened the whole text, who asked, what became of it, its receipt. */
import type { PastView, Proof, RequestRef } from "../../responder/index.ts";
import { i18n, sendToBackground } from "../browser.ts";
import { button, element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { outcomeOf, TRUST } from "../page/outcome.ts";
import { outcomeLine, outcomeTitle } from "../page/outcome-text.ts";
import { refOf } from "../page/ref.ts";
import { dateAndTime } from "../page/times.ts";

export interface PastRow {
  readonly element: HTMLElement;
  /** All that can be searched for, in lower case. */
  readonly words: string;
  /** Opens it: what is printed is what is open. */
  readonly open: () => void;
}

/** Why there is no receipt of an answer. */
const WITHOUT: Readonly<Record<Exclude<Proof, "receipt">, string>> = {
  encrypted: "receiptEncrypted",
  code: "receiptCode",
};

/** Builds the row, closed. @param save - saves the receipt of this answer */
export function pastRow(view: PastView, locale: string, save: (ref: RequestRef) => void): PastRow {
  const outcome = outcomeOf(view.result);
  const when = view.result.kind === "answered" ? view.result.at : view.received;
  const body = element("div", { class: "past-body" });
  const made = element(
    "details",
    { class: "past", testid: "past" },
    element(
      "summary",
      {},
      icon(outcome.icon),
      element("span", { class: "past-heading", testid: "past-heading" }, headingOf(view)),
      element("span", { class: "hint" }, outcomeTitle(outcome), " · ", dateAndTime(when, locale)),
    ),
    body,
  );
  const open = (): void => {
    made.open = true;
    if (body.childElementCount === 0) body.append(...bodyOf(view, locale, save));
  };
  made.addEventListener("toggle", () => {
    if (made.open) open();
  });
  return { element: made, words: wordsOf(view).toLocaleLowerCase(locale), open };
}

function headingOf({ result, encrypted }: PastView): Node | string {
  if (result.endorses) return i18n("brokerAsked");
  if (result.heading !== "") return foreign(result.heading);
  return i18n(encrypted ? "pastEncrypted" : "pastUnread");
}

function wordsOf({ result, srml }: PastView): string {
  const { heading, fromId, account, kid = "" } = result;
  const options = srml?.buttons.map(({ label }) => label) ?? [];
  return [heading, fromId, account, kid, ...(srml?.paragraphs ?? []), ...options].join("\n");
}

function bodyOf(view: PastView, locale: string, save: (ref: RequestRef) => void): readonly HTMLElement[] {
  const { result, srml, received, encrypted } = view;
  const outcome = outcomeOf(result);
  return [
    ...(srml?.paragraphs ?? []).map((text) => element("p", { attributes: { dir: "auto" } }, text)),
    ...(srml?.buttons ?? []).map(({ label }) => element("p", { class: "past-option" }, foreign(label))),
    ...(encrypted && srml === undefined && result.kind !== "refused" ? [opener(view, locale, save)] : []),
    element(
      "dl",
      {},
      ...row("pastFrom", ...senderOf(view)),
      ...row("pastTo", foreign(result.account)),
      ...row("pastAsked", dateAndTime(received, locale)),
      ...row("pastAnswer", outcomeTitle(outcome), element("p", {}, outcomeLine(outcome, locale))),
      ...(outcome.note === undefined ? [] : row("pastNote", i18n(outcome.note))),
    ),
    ...receiptOf(view, save),
  ];
}

function row(term: string, ...children: readonly (Node | string)[]): readonly HTMLElement[] {
  return [element("dt", {}, i18n(term)), element("dd", {}, ...children)];
}

/** The name is a claim, unless it was more than that when the user answered. */
function senderOf({ result, trust, encrypted, srml }: PastView): readonly (Node | string)[] {
  const { fromId, kid, endorses } = result;
  if (endorses) return [i18n("brokerAsked")];
  if (fromId === "") return [i18n(encrypted && srml === undefined ? "pastEncrypted" : "senderUnknown")];
  const isKnown = trust !== undefined && trust !== "unverified" && trust !== "changed";
  const name = isKnown ? foreign(fromId) : sentence("claims", foreign(fromId));
  const word = trust === undefined ? "trustNotKept" : TRUST[trust].word;
  const key = kid === undefined ? [] : [element("p", {}, fingerprint(kid))];
  return [name, element("p", { class: "hint", testid: "past-trust" }, i18n(word)), ...key];
}

/** An encrypted request is opened for this one look, and is not kept open. */
function opener(view: PastView, locale: string, save: (ref: RequestRef) => void): HTMLElement {
  const box = element("div", {});
  const show = async (): Promise<void> => {
    const { past } = await sendToBackground("options.openPast", refOf(view.result));
    if (past?.srml === undefined) throw new Error("It does not open.");
    box.closest(".past-body")?.replaceChildren(element("h3", {}, headingOf(past)), ...bodyOf(past, locale, save));
  };
  const failed = (): void => box.replaceChildren(element("p", { class: "problem" }, i18n("errorText")));
  box.append(button(i18n("pastOpen"), { testid: "past-open" }, () => void show().catch(failed)));
  return box;
}

function receiptOf({ result, proof }: PastView, save: (ref: RequestRef) => void): readonly HTMLElement[] {
  if (proof === undefined) return [];
  if (proof !== "receipt") return [element("p", { class: "hint" }, i18n(WITHOUT[proof]))];
  return [button(i18n("receiptSave"), { testid: "receipt-save" }, () => save(refOf(result)))];
}
