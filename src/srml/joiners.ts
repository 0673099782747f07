/**
 * ZERO WIDTH JOINER and NON-JOINER between letters, where a script is written with them: what RFC 5892 Appendix A.1
 * and A.2 allow, and two uses that it lacks, Persian plurals after a letter that does not join (`کار‌ها`) and the
 * Bengali ya-phala after ra (`র‍্য`). Anywhere else they are invisible, and refused.
 */
import {
  INDIC_CONSONANTS,
  INDIC_NUKTAS,
  INDIC_VIRAMAS,
  JOINING_SCRIPT_LETTERS,
  JOINS_LEFT,
  JOINS_RIGHT,
  MARKS,
  VIRAMAS,
} from "./tables.generated.ts";
import { codePointSet } from "./tables.ts";

const isVirama = codePointSet(VIRAMAS);
const isIndicVirama = codePointSet(INDIC_VIRAMAS);
const isIndicConsonant = codePointSet(INDIC_CONSONANTS);
const isIndicNukta = codePointSet(INDIC_NUKTAS);
const joinsLeft = codePointSet(JOINS_LEFT);
const joinsRight = codePointSet(JOINS_RIGHT);
const joiningScripts = JOINING_SCRIPT_LETTERS.map(codePointSet);
// Joining_Type T: of the code points that the gate lets through, these are the marks and U+070F alone.
const isMark = codePointSet(MARKS);
const isTransparent = (point: number): boolean => point === 0x070f || isMark(point);

/** No code point: before the first one, and after the last. */
const NONE = -1;

/** Whether the ZWNJ (U+200C) at index `at` stands where a script needs it: RFC 5892 A.1, or between joining letters. */
export function isNonJoinerNeeded(points: Uint32Array, at: number): boolean {
  if (isVirama(points[at - 1] ?? NONE)) return true;
  const before = points[skipTransparent(points, at - 1, -1)] ?? NONE;
  const after = points[skipTransparent(points, at + 1, 1)] ?? NONE;
  if (joinsLeft(before) && joinsRight(after)) return true;
  const next = points[at + 1] ?? NONE;
  return joiningScripts.some((isLetter) => isLetter(before) && isLetter(next));
}

/** Whether the ZWJ (U+200D) at index `at` stands after a virama (RFC 5892 A.2), or between a consonant and its virama. */
export function isJoinerNeeded(points: Uint32Array, at: number): boolean {
  const before = points[at - 1] ?? NONE;
  if (isVirama(before)) return true;
  const consonant = isIndicNukta(before) ? (points[at - 2] ?? NONE) : before;
  return isIndicConsonant(consonant) && isIndicVirama(points[at + 1] ?? NONE);
}

function skipTransparent(points: Uint32Array, from: number, step: 1 | -1): number {
  let at = from;
  while (isTransparent(points[at] ?? NONE)) at += step;
  return at;
}
