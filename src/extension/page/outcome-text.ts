/** What became of a request, as text on a page. */
import { i18n } from "../browser.ts";
import { foreign, sentence } from "./dom.ts";
import type { Outcome } from "./outcome.ts";
import { clockTime } from "./times.ts";

/** What happened, with the accepted option's label set apart. */
export function outcomeTitle({ title, label }: Outcome): Node | string {
  return label === undefined ? i18n(title) : sentence(title, foreign(label, { class: "echo" }));
}

/** What came of it. */
export function outcomeLine({ line, at }: Outcome, locale: string): string {
  return at === undefined ? i18n(line) : i18n(line, clockTime(at, locale));
}
