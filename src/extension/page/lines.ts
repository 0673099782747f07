/** How an account's line to its broker is, in words, and with a sign. */
import { i18n } from "../browser.ts";
import type { AccountView, LineState } from "../messages.ts";
import { element } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";
import { span } from "./times.ts";

/** The sign, the short word, and what to do about it where there is something to do. */
export const LINES: Readonly<
  Record<LineState, { readonly icon: IconName; readonly word: string; readonly advice: string | undefined }>
> = {
  connecting: { icon: "waiting", word: "lineConnecting", advice: undefined },
  online: { icon: "online", word: "lineOnline", advice: undefined },
  offline: { icon: "offline", word: "lineOffline", advice: "lineOfflineAdvice" },
  wrong_key: { icon: "changed", word: "lineWrongKey", advice: "lineWrongKeyAdvice" },
  clock: { icon: "problem", word: "lineClock", advice: "lineClockAdvice" },
  not_authorised: { icon: "problem", word: "lineNotAuthorised", advice: "lineNotAuthorisedAdvice" },
  pending: { icon: "waiting", word: "linePending", advice: "linePendingAdvice" },
};

/** The line's sign, word and advice. @param locale - a BCP 47 tag */
export function lineElement(account: AccountView, locale: string): HTMLElement {
  const { icon: sign, word, advice } = LINES[account.line];
  return element(
    "div",
    { class: `state state-${account.line}`, testid: "line" },
    element("span", { class: "state-word" }, icon(sign), i18n(word)),
    advice === undefined ? undefined : element("p", {}, adviceText(account, advice, locale)),
  );
}

function adviceText({ line, clockAhead }: AccountView, advice: string, locale: string): string {
  if (line !== "clock" || clockAhead === undefined) return i18n(advice);
  const difference = span(Math.abs(clockAhead) * 1000, locale);
  return i18n(clockAhead > 0 ? "lineClockFast" : "lineClockSlow", difference);
}
