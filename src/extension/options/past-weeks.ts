/** How many answers were given in each of the last weeks. Pure: the time is an argument. */

const WEEKS = 12;
const DAYS = 7;

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
