/** How many answers were given in each of the last weeks: counted here, and drawn as small bars that can be read out too. */
import { i18n } from "../browser.ts";
import { counted, number } from "../language.ts";
import { element } from "../page/dom.ts";
import { svg } from "../page/svg.ts";

const WEEKS = 12;
const DAYS = 7;
/** A bar and the gap after it; the tallest bar; the line of numbers over the bars. */
const [STEP, WIDTH, HEIGHT, LINE] = [36, 24, 48, 16];

export interface Week {
  /** Its first and last day, at midnight where the user is. */
  readonly from: Date;
  readonly to: Date;
  readonly count: number;
}

/** The last twelve weeks, oldest first; the last one ends today. @param times - when answers were given, as `now`, in milliseconds since 1970 */
export function pastWeeks(times: readonly number[], now: number): readonly Week[] {
  const midnight = (daysAgo: number): Date => {
    const day = new Date(now);
    day.setHours(0, 0, 0, 0);
    // By the calendar: a day may have 23 or 25 hours.
    day.setDate(day.getDate() - daysAgo);
    return day;
  };
  return Array.from({ length: WEEKS }, (_, index) => {
    const last = (WEEKS - 1 - index) * DAYS;
    const [from, end] = [midnight(last + DAYS - 1), midnight(last - 1)];
    const count = times.filter((at) => at >= from.getTime() && at < end.getTime()).length;
    return { from, to: midnight(last), count };
  });
}

/** The picture. Who cannot see it hears each week that has answers, with its dates. */
export function weeksPicture(weeks: readonly Week[], locale: string): HTMLElement {
  const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const said = weeks.filter(({ count }) => count > 0);
  const list = said.map(({ from, to, count }) => `${days.formatRange(from, to)}: ${number(count)}`).join("; ");
  const all = weeks.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...weeks.map(({ count }) => count));
  const isMirrored = document.documentElement.dir === "rtl";
  const bars = weeks.flatMap(({ count }, index) => {
    const x = (isMirrored ? weeks.length - 1 - index : index) * STEP;
    const height = Math.max(2, (count / most) * HEIGHT);
    const bar = { class: count > 0 ? "bar" : "bar-none", x, y: LINE + HEIGHT - height, width: WIDTH, height, rx: 2 };
    const label = { x: x + WIDTH / 2, y: LINE + HEIGHT - height - 4, "text-anchor": "middle" };
    return [svg("rect", bar), ...(count > 0 ? [svg("text", label, number(count))] : [])];
  });
  const viewBox = `0 0 ${weeks.length * STEP - (STEP - WIDTH)} ${LINE + HEIGHT}`;
  const label = list === "" ? i18n("weeksNone") : i18n("weeksLabel", list);
  return element(
    "figure",
    { class: "weeks", testid: "weeks" },
    svg("svg", { viewBox, role: "img", "aria-label": label }, ...bars),
    element("figcaption", { class: "hint" }, counted("weeks", all)),
  );
}
