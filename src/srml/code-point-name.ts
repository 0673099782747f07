/** How a refused code point is called in an error message: `U+202E RIGHT-TO-LEFT OVERRIDE`. */
import { NAMES, REFUSED } from "./tables.generated.ts";
import { codePointSet, lazy } from "./tables.ts";

const isRefused = codePointSet(REFUSED);

const names = lazy(
  () =>
    new Map(
      NAMES.split(";").map((entry) => {
        const space = entry.indexOf(" ");
        return [Number.parseInt(entry.slice(0, space), 16), entry.slice(space + 1)];
      }),
    ),
);

/**
 * Names a code point: its number, and its name if it is an invisible character, else, in brackets,
 * why it is refused.
 */
export function codePointName(point: number): string {
  const number = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  const name = names().get(point) ?? numberedName(point) ?? bracketed(kindOf(point));
  return name === undefined ? number : `${number} ${name}`;
}

function numberedName(point: number): string | undefined {
  if (point >= 0xfe00 && point <= 0xfe0f) return `VARIATION SELECTOR-${point - 0xfe00 + 1}`;
  if (point >= 0xe0100 && point <= 0xe01ef) return `VARIATION SELECTOR-${point - 0xe0100 + 17}`;
  if (point === 0xe007f) return "CANCEL TAG";
  if (point >= 0xe0020 && point < 0xe007f) return `TAG ${String.fromCodePoint(point - 0xe0000)}`;
  return undefined;
}

function bracketed(kind: string | undefined): string | undefined {
  return kind === undefined ? undefined : `(${kind})`;
}

function kindOf(point: number): string | undefined {
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return "a control character";
  if (point >= 0xd800 && point <= 0xdfff) return "half of a surrogate pair";
  if (point >= 0xe000 && point <= 0xf8ff) return "private use";
  if (point >= 0xf0000 && point % 0x10000 < 0xfffe) return "private use";
  return isRefused(point) ? "not assigned in Unicode 16.0" : undefined;
}
