/** Times as people say them, in the language of the browser. Pure: the time is an argument. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Unit = "second" | "minute" | "hour" | "day";

/**
 * The unit in which a span is said, and how many of it, rounded down: what is promised is there.
 *
 * @param secondsUpTo - from how many milliseconds on minutes are said
 */
function inUnits(ms: number, secondsUpTo: number): { readonly count: number; readonly unit: Unit } {
  if (ms < secondsUpTo) return { count: Math.max(0, Math.floor(ms / SECOND)), unit: "second" };
  if (ms < 90 * MINUTE) return { count: Math.floor(ms / MINUTE), unit: "minute" };
  if (ms < 36 * HOUR) return { count: Math.floor(ms / HOUR), unit: "hour" };
  return { count: Math.floor(ms / DAY), unit: "day" };
}

/** "4 minutes". @param ms - a span in milliseconds */
export function span(ms: number, locale: string): string {
  const { count, unit } = inUnits(ms, 100 * SECOND);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** "20 seconds ago", or "now". @param ms - how long ago, in milliseconds */
export function ago(ms: number, locale: string): string {
  const { count, unit } = inUnits(ms, MINUTE);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(
    count < 5 && unit === "second" ? 0 : -count,
    unit,
  );
}

/** "12:04:31". @param at - milliseconds since 1970 */
export function clockTime(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(at);
}

/** "Nov 23, 2026, 12:04:31". @param at - milliseconds since 1970 */
export function dateAndTime(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** "Nov 23, 2026". @param at - milliseconds since 1970 */
export function date(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(at);
}
