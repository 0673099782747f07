/** An accessibility tree in which what is new in each run has a fixed word in its place. */

const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/"Mesh\/Confirm \d(?:[^"\\]|\\.)*"/g, '"DIAGNOSTICS"'],
  [/\b(?:[A-Z2-7]{5}-){5}[A-Z2-7]{5}\b/g, "FINGERPRINT"],
  [/\bRB[A-Z2-7-]{20,}\b/g, "BROKER-ID"],
  [/\b(?:[A-Z2-7]{5}-)+[A-Z2-7]{5}\b/g, "PART"],
  [/\b(?:127\.0\.0\.1|localhost):\d+\b/g, "BROKER"],
  [/\b[A-Z][a-z]{2} \d{1,2}, \d{4}(?:, \d{1,2}:\d\d:\d\d\s[AP]M)?/g, "DATE"],
  [/\b\d{1,2}:\d\d:\d\d\s[AP]M/g, "TIME"],
  [/\b[a-z]+ · [a-z]+ · [a-z]+(?=")/g, "WORD · WORD · WORD"],
  [/(?<="Asked )(?:now|\d+ [a-z]+ ago)/g, "WHEN"],
  [/(?<="Answers a week: )[^:"]+/g, "DAYS"],
  [/(?<="Expires in )[^"]+/g, "SPAN"],
];

/** The tree with those words. */
export function plainTree(tree: string): string {
  return VOLATILE.reduce((plain, [volatile, word]) => plain.replaceAll(volatile, word), tree);
}
