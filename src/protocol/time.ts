/** Dates on the wire: RFC 3339, UTC only. Inside, an instant is milliseconds since 1970. */
import { ProtocolError } from "./errors.ts";

/** RFC 3339 with `Z` or `+00:00`, and at most nine digits of a second. */
export const TIME_FORM = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(?:Z|\+00:00)$/;

/**
 * Reads a date and time.
 *
 * @returns milliseconds since 1970-01-01T00:00:00Z; finer digits are dropped
 * @throws ProtocolError `time` for another form, another zone, or a day that does not exist
 */
export function parseTime(text: string): number {
  const parts = TIME_FORM.exec(text);
  if (parts !== null) {
    const [, day = "", clock = "", fraction = ""] = parts;
    const whole = `${day}T${clock}Z`;
    const instant = Date.parse(whole);
    // Date.parse moves 31 February into March: only a date that prints as itself exists.
    if (Number.isFinite(instant) && formatTime(instant) === whole) {
      return instant + Math.floor(Number(`0${fraction}`) * 1000);
    }
  }
  throw new ProtocolError("time", "A date is not in the form 2017-08-17T01:15:59Z (RFC 3339, UTC).");
}

/** Writes an instant (milliseconds since 1970) with whole seconds, as `2017-08-17T01:15:59Z`. */
export function formatTime(instant: number): string {
  return `${new Date(Math.floor(instant / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
