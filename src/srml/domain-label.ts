/**
 * One label of a domain name: how it reads, whether it mixes scripts, and what it looks like. The letters are those of
 * the scripts that people write today (UAX #31, Table 5); a label with any other letter is read as its A-label only.
 */
import { DOMAIN_LETTERS, LOOK_ALIKES, SKELETONS, WRITING_SYSTEMS } from "./domain-tables.generated.ts";
import { decodePunycode } from "./punycode.ts";
import { MARKS } from "./tables.generated.ts";
import { codePointSet, decodeNumbers, lazy } from "./tables.ts";
import { gateText } from "./text-gate.ts";

const isDomainLetter = codePointSet(DOMAIN_LETTERS);
const isMark = codePointSet(MARKS);
const writingSystems = WRITING_SYSTEMS.map(codePointSet);
/** What stands for a letter that looks like another one. */
const lookAlikes = lazy(() => {
  const looks = new Map<number, string>();
  const numbers = decodeNumbers(LOOK_ALIKES)[Symbol.iterator]();
  let point = 0;
  for (const difference of numbers) {
    point += difference;
    looks.set(point, SKELETONS[Number(numbers.next().value)] ?? "");
  }
  return looks;
});

const pointsOf = (text: string): readonly number[] => Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
/** ZWNJ and ZWJ, which the text gate admits where a script needs them. */
const isJoiner = (point: number): boolean => point === 0x200c || point === 0x200d;

/** The U-label of a proper A-label (RFC 5890); any other label as it is. */
export function readLabel(label: string): string {
  const decoded = label.startsWith("xn--") ? decodePunycode(label.slice(4)) : undefined;
  return decoded !== undefined && isProper(decoded) ? decoded : label;
}

function isProper(text: string): boolean {
  const points = pointsOf(text);
  const isShowable = points.every((point) => isDomainLetter(point) || isJoiner(point));
  if (!isShowable || points.every((point) => point < 0x80) || isMark(points[0] ?? 0)) return false;
  // Letters that the tables know compose alike in every engine: Unicode never changes that.
  return text.normalize("NFC") === text && passesGate(text);
}

function passesGate(text: string): boolean {
  try {
    gateText(text, "name");
    return true;
  } catch {
    return false;
  }
}

/** Whether no single script has all letters of the label, nor a set of scripts that are written together (UTS #39 §5.2). */
export function mixesScripts(label: string): boolean {
  const points = pointsOf(label).filter((point) => !isJoiner(point));
  return !writingSystems.some((isWrittenIn) => points.every(isWrittenIn));
}

/** The label's skeleton (UTS #39 §4), in lower case and without accents: two labels with the same one look alike. */
export function skeletonOf(label: string): string {
  const looks = lookAlikes();
  return pointsOf(label)
    .map((point) => (isJoiner(point) ? "" : (looks.get(point) ?? String.fromCodePoint(point))))
    .join("");
}
