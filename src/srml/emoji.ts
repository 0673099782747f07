/**
 * The invisible parts of emoji: U+FE0E and U+FE0F after an emoji that has both styles, ZWJ and tags in the sequences
 * that Unicode 16.0 recommends (RGI). A family that is not in the list is refused: nobody can say how it would look.
 */
import { EMOJI_ELEMENTS, EMOJI_SEQUENCES, EMOJI_TAGS, STYLED_EMOJI } from "./tables.generated.ts";
import { codePointSet, decodeNumbers, lazy } from "./tables.ts";

const ZERO_WIDTH_JOINER = 0x200d;
const TEXT_STYLE = 0xfe0e;
const EMOJI_STYLE = 0xfe0f;
const KEYCAP = 0x20e3;
const BLACK_FLAG = 0x1f3f4;
const TAGS = 0xe0000;
/** Stands for any skin tone in a pattern. */
const TONE = 0;
/** No code point. */
const NONE = -1;

interface Sequences {
  readonly elements: ReadonlySet<number>;
  /** How many parts the longest pattern has. */
  readonly longest: number;
  /** Pattern, less joiners and styles -> whether its skin tones must differ. */
  readonly patterns: ReadonlyMap<string, boolean>;
}

const sequences = lazy<Sequences>(() => {
  const elements = decodeNumbers(EMOJI_ELEMENTS);
  const patterns = new Map<string, boolean>();
  let pattern: number[] = [];
  let tonesDiffer = false;
  for (const number of [...decodeNumbers(EMOJI_SEQUENCES), 0]) {
    if (number === 0) {
      patterns.set(pattern.join(" "), tonesDiffer);
      pattern = [];
      tonesDiffer = false;
    } else if (number < 3) {
      pattern.push(TONE);
      tonesDiffer ||= number === 2;
    } else {
      pattern.push(elements[number - 3] ?? NONE);
    }
  }
  const longest = Math.max(...[...patterns.keys()].map((one) => one.split(" ").length));
  return { elements: new Set(elements), longest, patterns };
});

const tagSequences = lazy(() => EMOJI_TAGS.map((table) => decodeNumbers(table).map((offset) => TAGS + offset)));

const hasStyles = codePointSet(STYLED_EMOJI);
const isTone = (point: number): boolean => point >= 0x1f3fb && point <= 0x1f3ff;
const isKeycapBase = (point: number): boolean => point === 0x23 || point === 0x2a || (point >= 0x30 && point <= 0x39);

/** Whether the U+FE0E or U+FE0F at index `at` follows an emoji that has this style, or makes a keycap. */
export function isStyleListed(points: Uint32Array, at: number): boolean {
  const base = points[at - 1] ?? NONE;
  if (hasStyles(base)) return points[at] === EMOJI_STYLE || points[at] === TEXT_STYLE;
  return points[at] === EMOJI_STYLE && isKeycapBase(base) && points[at + 1] === KEYCAP;
}

/**
 * The index after the ZWJ sequence whose first ZWJ is at index `joiner`, or `joiner` itself if the longest sequence
 * that can be read there is not listed.
 */
export function endOfJoinedEmoji(points: Uint32Array, joiner: number): number {
  const { elements, longest, patterns } = sequences();
  const pattern: number[] = [];
  const tones: number[] = [];
  let at = startOfEmoji(points, joiner);
  for (;;) {
    const element = points[at] ?? NONE;
    if (!elements.has(element) || pattern.length > longest) return joiner;
    pattern.push(element);
    at += 1;
    if (points[at] === EMOJI_STYLE && hasStyles(element)) at += 1;
    const tone = points[at] ?? NONE;
    if (isTone(tone)) {
      pattern.push(TONE);
      tones.push(tone);
      at += 1;
    }
    if (points[at] !== ZERO_WIDTH_JOINER) break;
    at += 1;
  }
  const tonesDiffer = patterns.get(pattern.join(" "));
  const listed = tonesDiffer !== undefined && (!tonesDiffer || new Set(tones).size === tones.length);
  return listed ? at : joiner;
}

/** The index after the tag sequence whose first tag is at index `tag`, or `tag` itself if it is not listed. */
export function endOfTags(points: Uint32Array, tag: number): number {
  if (points[tag - 1] !== BLACK_FLAG) return tag;
  const listed = tagSequences().find((tags) => tags.every((expected, offset) => points[tag + offset] === expected));
  return tag + (listed?.length ?? 0);
}

function startOfEmoji(points: Uint32Array, joiner: number): number {
  let at = joiner - 1;
  if (isTone(points[at] ?? NONE)) at -= 1;
  if (points[at] === EMOJI_STYLE) at -= 1;
  return at;
}
