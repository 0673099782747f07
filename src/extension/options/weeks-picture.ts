/** The answers of the last weeks as small bars that can be read out too. */
import { i18n } from "../browser.ts";
import { counted, number } from "../language.ts";
import { element, svg } from "../page/dom.ts";
import type { Week } from "./past-weeks.ts";

/** A bar and the gap after it; the tallest bar; the line of numbers over the bars. */
const [STEP, WIDTH, HEIGHT, LINE] = [36, 24, 48, 16];

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
