/** The code of a request with `Match`: typed from the sender's own page. Whether it is the right one only the sender can say. */
import { i18n } from "../browser.ts";
import { element } from "../page/dom.ts";

export interface CodeField {
  readonly element: HTMLElement;
  /** What is typed, where it is a code: 6 to 12 digits. */
  readonly code: () => string | undefined;
}

/** The field, empty. @param onTyped - called at each change */
export function codeField(onTyped: (isCode: boolean) => void): CodeField {
  const input = element("input", {
    testid: "match",
    attributes: {
      ...{ id: "match", type: "text", inputmode: "numeric", maxlength: "12", pattern: "[0-9]{6,12}" },
      ...{ autocomplete: "off", spellcheck: "false", "aria-describedby": "match-hint" },
    },
  });
  const code = (): string | undefined => (/^[0-9]{6,12}$/.test(input.value) ? input.value : undefined);
  input.addEventListener("input", () => onTyped(code() !== undefined));
  return {
    element: element(
      "div",
      { class: "code" },
      element("label", { attributes: { for: "match" } }, i18n("code")),
      input,
      element("p", { attributes: { id: "match-hint" } }, i18n("codeHint")),
    ),
    code,
  };
}
