/** Times as the customer reads them. */

const DAY = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** `at` is RFC 3339, or milliseconds since 1970. */
export function day(at: string | number): string {
  return DAY.format(new Date(at));
}

export function minute(at: string | number): string {
  return MINUTE.format(new Date(at));
}
