/** A labelled field of a form, with a hint, and room for what is wrong with it. */
import { i18n } from "../browser.ts";
import { element } from "../page/dom.ts";

export interface Field<T extends HTMLInputElement | HTMLSelectElement> {
  readonly element: HTMLElement;
  readonly input: T;
  /** Marks the field as the one that is wrong, or as right again. */
  readonly setInvalid: (isInvalid: boolean) => void;
}

/**
 * A field for one line of text: names and codes in Latin letters, unless its attributes say otherwise.
 *
 * @param hint - the key of a sentence under the field
 */
export function textField(
  testid: string,
  label: string,
  hint: string | undefined,
  attributes: Readonly<Record<string, string>> = {},
): Field<HTMLInputElement> {
  const input = element("input", {
    testid,
    attributes: { id: testid, type: "text", autocomplete: "off", spellcheck: "false", dir: "ltr", ...attributes },
  });
  return field(input, label, hint);
}

/** A field with a choice of values; the first, empty one asks to choose. @param options - value to key of its words */
export function selectField(
  testid: string,
  label: string,
  hint: string | undefined,
  options: Readonly<Record<string, string>>,
): Field<HTMLSelectElement> {
  const choices = Object.entries(options).map(([value, key]) =>
    element("option", { attributes: { value } }, i18n(key)),
  );
  const input = element("select", { testid, attributes: { id: testid } }, ...choices);
  return field(input, label, hint);
}

function field<T extends HTMLInputElement | HTMLSelectElement>(
  input: T,
  label: string,
  hint: string | undefined,
): Field<T> {
  const hintId = `${input.id}-hint`;
  if (hint !== undefined) input.setAttribute("aria-describedby", hintId);
  return {
    element: element(
      "div",
      { class: "field" },
      element("label", { attributes: { for: input.id } }, i18n(label)),
      input,
      hint === undefined ? undefined : element("p", { class: "hint", attributes: { id: hintId } }, i18n(hint)),
    ),
    input,
    setInvalid: (isInvalid) => {
      if (isInvalid) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    },
  };
}
