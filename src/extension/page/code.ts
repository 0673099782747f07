/** Codes and fingerprints as they are shown and typed. */

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

/** Sets what is typed or pasted in groups; not while the cursor is within, since it would jump. */
export function groupAsTyped(input: HTMLInputElement, size: number): void {
  input.addEventListener("input", () => {
    if (input.selectionStart === input.value.length) input.value = grouped(input.value, size);
  });
}
