/**
 * Names and references as a customer types them. Only what the payment systems carry and a confirmation can show: Latin
 * letters, digits and some signs, so that no invisible character reaches the text that is signed.
 */

const ALLOWED = /^[\p{Script=Latin}\p{Nd} .,'’&()/+:?#-]+$/u;
const FORBIDDEN = /[^\p{Script=Latin}\p{Nd} .,'’&()/+:?#-]/u;

export type TextField = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/**
 * Reads one line of text, white space collapsed, letters composed (NFC).
 *
 * @param longest in characters
 * @param isRequired whether an empty line is a problem
 */
export function parseTextField(typed: string, longest: number, isRequired: boolean): TextField {
  const text = typed.normalize("NFC").replaceAll(/\s+/g, " ").trim();
  if (text === "") return isRequired ? { ok: false, problem: "Fill this in." } : { ok: true, text };
  if ([...text].length > longest) return { ok: false, problem: `At most ${longest} characters.` };
  if (!ALLOWED.test(text)) return { ok: false, problem: `${nameOf(FORBIDDEN.exec(text)?.[0])} cannot be used here.` };
  return { ok: true, text };
}

function nameOf(character = ""): string {
  const point = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[\p{L}\p{P}\p{S}]$/u.test(character) ? `The character ${character} (${point})` : `The character ${point}`;
}
