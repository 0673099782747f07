/**
 * The invisible characters that people write with, and where: joiners, emoji styles and tags, ideographic variation
 * selectors, single direction marks. Of all other invisible characters this file says nothing: they are refused.
 */
import { endOfJoinedEmoji, endOfTags, isStyleListed } from "./emoji.ts";
import { isVariantRegistered } from "./ideographs.ts";
import { isJoinerNeeded, isNonJoinerNeeded } from "./joiners.ts";
import { RIGHT_TO_LEFT_LETTERS } from "./tables.generated.ts";
import { codePointSet } from "./tables.ts";

const isRightToLeftLetter = codePointSet(RIGHT_TO_LEFT_LETTERS);
/** No code point. */
const NONE = -1;

/** Whether `point` is one that some context admits. */
export function dependsOnContext(point: number): boolean {
  return (
    (point >= 0x200c && point <= 0x200f) ||
    point === 0x061c ||
    point === 0xfe0e ||
    point === 0xfe0f ||
    (point >= 0xe0020 && point <= 0xe007f) ||
    (point >= 0xe0100 && point <= 0xe01ef)
  );
}

/** Whether the text has a strong right-to-left letter, without which a direction mark has nothing to do. */
export function hasRightToLeftLetter(points: Uint32Array): boolean {
  return points.some((point) => isRightToLeftLetter(point));
}

/**
 * The index after the invisible character at index `at`, for which {@link dependsOnContext} holds, or after the whole
 * emoji sequence that it is part of; `at` itself where its context does not admit it.
 *
 * @param rightToLeft whether the text has a right-to-left letter
 */
export function endOfAdmitted(points: Uint32Array, at: number, rightToLeft: () => boolean): number {
  const point = points[at] ?? NONE;
  if (point === 0x200d) return isJoinerNeeded(points, at) ? at + 1 : endOfJoinedEmoji(points, at);
  if (point >= 0xe0020 && point <= 0xe007f) return endOfTags(points, at);
  return at + (isAdmitted(points, point, at, rightToLeft) ? 1 : 0);
}

function isAdmitted(points: Uint32Array, point: number, at: number, rightToLeft: () => boolean): boolean {
  if (point === 0x200c) return isNonJoinerNeeded(points, at);
  if (point === 0xfe0e || point === 0xfe0f) return isStyleListed(points, at);
  if (point >= 0xe0100) return isVariantRegistered(points[at - 1] ?? NONE, point);
  return !isDirectionMark(points[at + 1]) && rightToLeft();
}

function isDirectionMark(point: number | undefined): boolean {
  return point === 0x200e || point === 0x200f || point === 0x061c;
}
