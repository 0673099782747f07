/**
 * The text gate: the one place that decides whether a text may be shown to a user, for SRML, for names and for what
 * another machine sends to a terminal. Nothing is repaired: a text passes as it is, or it is refused with the code point
 * named. Refused: bidirectional embeddings, overrides and isolates; other invisible (default-ignorable) characters;
 * controls; line and paragraph separators; private use; code points without a character in Unicode 16.0; lone
 * surrogates; annotation characters; more than 4 combining marks in a row. `invisible.ts` has what is allowed because
 * people write with it. The tables are ours, so that every side decides the same whatever engine it runs on.
 */
import { codePointName } from "./code-point-name.ts";
import { SrmlError } from "./errors.ts";
import { dependsOnContext, endOfAdmitted, hasRightToLeftLetter } from "./invisible.ts";
import { BLANKS, MARKS, REFUSED } from "./tables.generated.ts";
import { codePointSet } from "./tables.ts";

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const MOST_MARKS = 4;

const isMark = codePointSet(MARKS);
const isBlank = codePointSet(BLANKS);
const isListedAsRefused = codePointSet(REFUSED);
const isPrintableAscii = (point: number): boolean => point >= 0x20 && point < 0x7f;
/** What needs no further look, and most texts are. */
const PRINTABLE_ASCII = /^[ -~]*$/;
const isRefused = (point: number): boolean => !isPrintableAscii(point) && isListedAsRefused(point);

/**
 * Lets a text pass, or throws. Takes time in proportion to the text's length.
 *
 * @param kind `"text"`: prose, in which line feed and tab are white space; `"name"`: one line (FromID, a device's
 *   name, a StatusDescription), in which they are refused like other controls
 * @throws SrmlError `forbidden_character`, `too_many_marks`
 */
export function gateText(text: string, kind: "text" | "name"): void {
  if (PRINTABLE_ASCII.test(text)) return;
  const points = codePointsOf(text);
  let rightToLeft: boolean | undefined;
  const isRightToLeft = (): boolean => (rightToLeft ??= hasRightToLeftLetter(points));
  let marks = 0;
  for (let at = 0; at < points.length;) {
    const point = points[at] ?? 0;
    const isContextual = dependsOnContext(point);
    const end = isContextual ? endOfAdmitted(points, at, isRightToLeft) : at + 1;
    const isWhiteSpace = kind === "text" && (point === LINE_FEED || point === TAB);
    if (end === at || (!isContextual && !isWhiteSpace && isRefused(point))) throw forbidden(point);
    if (!isPrintableAscii(point) && isMark(point)) marks += 1;
    // A joiner or direction mark does not end a run of marks, else it would be the way around the limit.
    else if (!isContextual || end > at + 1) marks = 0;
    if (marks > MOST_MARKS) throw tooManyMarks(point);
    at = end;
  }
}

/**
 * Lets a whole XML document pass, or throws: what no context admits is refused anywhere in it, between its elements too.
 * White space of XML passes; each text in it must still go through {@link gateText}.
 *
 * @throws SrmlError `forbidden_character`
 */
export function gateDocument(document: string): void {
  if (PRINTABLE_ASCII.test(document)) return;
  for (const point of codePointsOf(document)) {
    const isWhiteSpace = point === LINE_FEED || point === TAB || point === CARRIAGE_RETURN;
    if (isRefused(point) && !isWhiteSpace && !dependsOnContext(point)) throw forbidden(point);
  }
}

/** Whether a text that the gate let pass has nothing in it that a user could see. */
export function isInvisible(text: string): boolean {
  if (/[!-~]/.test(text)) return false;
  return codePointsOf(text).every((point) => isListedAsRefused(point) || isBlank(point) || isMark(point));
}

/** Code points; a lone surrogate stands for itself. */
function codePointsOf(text: string): Uint32Array {
  const points = new Uint32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; count += 1) {
    const point = text.codePointAt(at) ?? 0;
    points[count] = point;
    at += point > 0xffff ? 2 : 1;
  }
  return points.subarray(0, count);
}

function forbidden(point: number): SrmlError {
  return new SrmlError("forbidden_character", `The text has ${codePointName(point)}, which must not be shown here.`);
}

function tooManyMarks(point: number): SrmlError {
  const rule = `more than ${MOST_MARKS} combining marks in a row`;
  return new SrmlError("too_many_marks", `The text has ${rule}; ${codePointName(point)} is one too many.`);
}
