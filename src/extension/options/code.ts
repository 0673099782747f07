/** Codes and fingerprints as they are shown and typed. Pure. */

/** Characters in a group of a connect code. */
export const CODE_GROUP = 4;
/** Characters in a group of a fingerprint. */
export const FINGERPRINT_GROUP = 5;

/** Capitals in groups of `size`, with a hyphen between; nothing but spaces and hyphens is dropped. */
export function grouped(typed: string, size: number): string {
  const characters = [...typed.replaceAll(/[\s-]/g, "").toUpperCase()];
  const groups: string[] = [];
  for (let start = 0; start < characters.length; start += size) {
    groups.push(characters.slice(start, start + size).join(""));
  }
  return groups.join("-");
}
