/** How an account's line to its broker is, in words, and with a sign. */
import { i18n } from "../browser.ts";
import type { AccountView, LineState } from "../messages.ts";
import { element, fingerprint, sentence } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";
import { span } from "./times.ts";

/** The sign, the short word, and what to do about it where there is something to do. */
export const LINES: Readonly<
  Record<LineState, { readonly icon: IconName; readonly word: string; readonly advice: string | undefined }>
> = {
  connecting: { icon: "waiting", word: "lineConnecting", advice: undefined },
  online: { icon: "online", word: "lineOnline", advice: undefined },
  offline: { icon: "offline", word: "lineOffline", advice: "lineOfflineAdvice" },
  wrong: { icon: "problem", word: "lineWrong", advice: "lineWrongAdvice" },
  redirected: { icon: "problem", word: "lineRedirected", advice: "lineRedirectedAdvice" },
  wrong_key: { icon: "changed", word: "lineWrongKey", advice: "lineWrongKeyAdvice" },
  clock: { icon: "problem", word: "lineClock", advice: "lineClockAdvice" },
  not_authorised: { icon: "problem", word: "lineNotAuthorised", advice: "lineNotAuthorisedAdvice" },
  revoked: { icon: "problem", word: "lineRevoked", advice: "lineRevokedAdvice" },
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

function adviceText({ line, clockAhead, deviceKid }: AccountView, advice: string, locale: string): Node | string {
  // What is typed on the other device comes from this one's own key.
  if (line === "pending") return sentence(advice, fingerprint(deviceKid.slice(-11), "typed-there"));
  if (line !== "clock" || clockAhead === undefined) return i18n(advice);
  const difference = span(Math.abs(clockAhead) * 1000, locale);
  return i18n(clockAhead > 0 ? "lineClockFast" : "lineClockSlow", difference);
}
