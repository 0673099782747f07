/** The four states of the toolbar button, each with a sign and words of its own; the alarm has another icon too. Pure. */
import type { LineState } from "../messages.ts";

export interface Toolbar {
  readonly badge: string;
  readonly color: string;
  /** The key of what the button says when pointed at; undefined where it says how many wait. */
  readonly title: string | undefined;
  readonly icon: "" | "alarm-";
}

const ALARM = { badge: "!", color: "#9b1c1c", title: "badgeAlarm", icon: "alarm-" } as const satisfies Toolbar;
const OFFLINE = { badge: "•", color: "#6f7b89", title: "badgeOffline", icon: "" } as const satisfies Toolbar;
const ACCENT = "#0b6b4b";

/**
 * How the button is.
 *
 * @param isAlarm - a pinned name asks with another key
 * @param count - how many requests wait
 * @param lines - the line of each account
 * @param before - the badge that is there: a background that has just woken does not know better until a line is up or down
 */
export function toolbarOf(isAlarm: boolean, count: number, lines: readonly LineState[], before: string): Toolbar {
  if (isAlarm) return ALARM;
  if (count > 0) return { badge: String(count), color: ACCENT, title: undefined, icon: "" };
  // Nobody is asked yet on a device that waits to be let in, but its broker answers.
  const isUp = lines.length === 0 || lines.some((line) => line === "online" || line === "pending");
  const isTrying = before !== OFFLINE.badge && lines.includes("connecting");
  return isUp || isTrying ? { badge: "", color: ACCENT, title: "extensionName", icon: "" } : OFFLINE;
}
