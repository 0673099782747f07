/** The calm screens: nothing to confirm, no account yet, and no answer from the background, yet or at all. */
import type { ResultView } from "../../responder/index.ts";
import { i18n, openOptions } from "../browser.ts";
import { counted, number } from "../language.ts";
import type { AccountView, PopupView, StorageProblem } from "../messages.ts";
import { button, element, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { lineElement } from "../page/lines.ts";
import { outcomeOf } from "../page/outcome.ts";
import { outcomeLine, outcomeTitle } from "../page/outcome-text.ts";
import { STORAGE_PROBLEMS } from "../page/storage-words.ts";
import { mark } from "./who-band.ts";

type EmptyView = Extract<PopupView, { readonly kind: "empty" }>;

/** Nothing to confirm: who listens, how the lines are, what became of answers that did not arrive, what was not shown. */
export function emptyScreen(
  { accounts, undelivered, refused, unreadable }: EmptyView,
  locale: string,
): readonly HTMLElement[] {
  return [
    page(
      "empty",
      mark(),
      element("h1", {}, i18n("emptyTitle")),
      element(
        "ul",
        { class: "accounts", attributes: { "aria-label": i18n("accountsLabel") } },
        ...accounts.map((account) =>
          element(
            "li",
            {},
            foreign(account.account, { class: "account-name" }),
            hasTwin(account, accounts) ? element("p", {}, foreign(new URL(account.broker).host)) : undefined,
            lineElement(account, locale),
          ),
        ),
      ),
      undelivered.length === 0 ? undefined : folded("undelivered", undelivered, locale, true),
      refused.length === 0 ? undefined : folded("notShown", refused, locale, false),
      unreadable === 0
        ? undefined
        : element("p", { class: "not-shown", testid: "unreadable" }, counted("unreadable", unreadable)),
      settingsButton("plain", "openSettings"),
    ),
  ];
}

/** The same account at another broker: then its name alone does not tell it. */
function hasTwin({ account }: AccountView, accounts: readonly AccountView[]): boolean {
  return accounts.filter((one) => one.account === account).length > 1;
}

/** No account: the one thing to do. */
export function setupScreen(): readonly HTMLElement[] {
  return [
    page(
      "setup",
      mark(),
      element("h1", {}, i18n("setupTitle")),
      element("p", {}, i18n("setupIntro")),
      settingsButton("accept", "setupButton"),
    ),
  ];
}

/** The background has not answered yet. */
export function momentScreen(): readonly HTMLElement[] {
  return [page("moment", mark(), element("p", {}, i18n("waitMoment")))];
}

/** The background does not answer. */
export function errorScreen(): readonly HTMLElement[] {
  return [troubled("errorTitle", "errorText")];
}

/** The storage cannot be opened. */
export function closedScreen(problem: StorageProblem): readonly HTMLElement[] {
  return [troubled("storageTitle", STORAGE_PROBLEMS[problem])];
}

function troubled(title: string, text: string): HTMLElement {
  return page(
    "error",
    element("span", { class: "big" }, icon("problem")),
    element("h1", {}, i18n(title)),
    element("p", { attributes: { role: "alert" } }, i18n(text)),
  );
}

function page(testid: string, ...children: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element("div", { class: `page page-${testid}`, testid }, ...children);
}

function settingsButton(className: string, key: string): HTMLElement {
  return button(i18n(key), { class: className, testid: "settings" }, () => void openOptions());
}

/** Results that nobody was there to see, folded away unless they matter: a name in them is no more than a claim. */
function folded(key: string, results: readonly ResultView[], locale: string, isOpen: boolean): HTMLElement {
  return element(
    "details",
    { class: "not-shown", testid: key, ...(isOpen ? { attributes: { open: "" } } : {}) },
    element("summary", {}, i18n(key, number(results.length))),
    element("ul", {}, ...results.map((result) => foldedItem(result, locale))),
  );
}

function claimed({ fromId }: ResultView): Node {
  return sentence("claims", foreign(fromId));
}

function foldedItem(result: ResultView, locale: string): HTMLElement {
  const outcome = outcomeOf(result);
  const from = result.fromId === "" ? i18n(result.endorses ? "brokerAsked" : "senderUnknown") : claimed(result);
  return element(
    "li",
    {},
    icon(outcome.icon),
    element(
      "div",
      {},
      element("p", { class: "from" }, from),
      result.kind === "refused" ? undefined : element("p", {}, outcomeTitle(outcome)),
      element("p", {}, outcomeLine(outcome, locale)),
    ),
  );
}
