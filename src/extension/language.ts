/** The language that the words are in, and what follows from it: its numbers, plurals and direction. */
import { i18n, uiLanguage } from "./browser.ts";

/**
 * The BCP 47 tag for `lang` and for Intl: the browser's, which knows the region, where the words are in its language; else,
 * and where the browser's is none that Intl knows how to read, that of the words.
 */
export function locale(): string {
  const [words, wanted] = [i18n("languageTag"), uiLanguage()];
  return languageOf(words) === languageOf(wanted) ? wanted : words;
}

function languageOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).language;
  } catch {
    return undefined;
  }
}

/** Marks the page as being in the language of its words. */
export function setLanguage({ documentElement }: Document): void {
  documentElement.lang = locale();
  documentElement.dir = i18n("languageDirection");
}

/** A count in the digits of the language. */
export function number(count: number): string {
  return new Intl.NumberFormat(locale()).format(count);
}

/** A text about a count, in the plural form that the language has for it: `KEY_one`, `KEY_other` and so on. */
export function counted(key: string, count: number): string {
  return i18n(`${key}_${new Intl.PluralRules(locale()).select(count)}`, number(count));
}
