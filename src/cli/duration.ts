/** Durations as people type them: `90s`, `5m`, `2h`, `7d`. */
import { CliError, EXIT } from "./exit.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * @returns milliseconds
 * @throws CliError usage
 */
export function parseDuration(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const scale = UNITS[unit];
  if (scale === undefined || Number(count) === 0) {
    throw new CliError(EXIT.failed, `"${text}" is not a duration such as 90s, 5m, 2h or 7d.`);
  }
  return Number(count) * scale;
}
