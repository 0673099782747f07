/** The calm screens: nothing to confirm, no account yet, and no answer from the background. */
import type { ResultView } from "../../responder/index.ts";
import { i18n, openOptions } from "../browser.ts";
import type { AccountView } from "../messages.ts";
import { button, element, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { lineElement } from "../page/lines.ts";
import { outcomeLine, outcomeTitle } from "./render-result.ts";
import { mark } from "./who-band.ts";
import { outcomeOf } from "./words.ts";

/** Nothing to confirm: who listens, how the lines are, and what was not shown. */
export function emptyScreen(
  accounts: readonly AccountView[],
  results: readonly ResultView[],
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
          element("li", {}, foreign(account.account, { class: "account-name" }), lineElement(account, locale)),
        ),
      ),
      results.length === 0 ? undefined : notShown(results, locale),
      settingsButton("plain", "openSettings"),
    ),
  ];
}

/** No account: the one thing to do. */
export function setupScreen(): readonly HTMLElement[] {
  return [
    page(
      "setup",
      mark(),
      element("h1", {}, i18n("setupTitle")),
      element("p", {}, i18n("setupText")),
      settingsButton("accept", "setupButton"),
    ),
  ];
}

/** The background does not answer. */
export function errorScreen(): readonly HTMLElement[] {
  return [
    page(
      "error",
      element("span", { class: "big" }, icon("problem")),
      element("h1", {}, i18n("errorTitle")),
      element("p", { attributes: { role: "alert" } }, i18n("errorText")),
    ),
  ];
}

function page(testid: string, ...children: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element("div", { class: `page page-${testid}`, testid }, ...children);
}

function settingsButton(className: string, key: string): HTMLElement {
  return button(i18n(key), { class: className, testid: "settings" }, () => void openOptions());
}

/** Requests that ended without the user, folded away: a name in them is no more than a claim. */
function notShown(results: readonly ResultView[], locale: string): HTMLElement {
  return element(
    "details",
    { class: "not-shown", testid: "refused" },
    element("summary", {}, i18n("notShown", String(results.length))),
    element("ul", {}, ...results.map((result) => notShownItem(result, locale))),
  );
}

function notShownItem(result: ResultView, locale: string): HTMLElement {
  const outcome = outcomeOf(result);
  const from = result.fromId === "" ? i18n("senderUnknown") : sentence("claims", foreign(result.fromId));
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
