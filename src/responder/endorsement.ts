/**
 * The proof that the user has the new device before their eyes: the last two groups of its fingerprint, typed from its
 * screen. They are never shown here, so they cannot be copied from here.
 */

/** Two groups of five Base32 signs and the hyphen between them. */
const TYPED_LENGTH = 11;

/** What may be shown of the fingerprint of a device that is not let in yet. */
export function startOf(kid: string): string {
  return kid.slice(0, -TYPED_LENGTH - 1);
}

/** True where the user typed the end of this fingerprint, in whatever case, with or without the hyphen. */
export function isTyped(kid: string, typed: string): boolean {
  return typed.toUpperCase().replaceAll(/[\s-]/g, "") === kid.slice(-TYPED_LENGTH).replaceAll("-", "");
}
