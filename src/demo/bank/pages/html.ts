/** HTML from templates: every value is escaped, unless a template of this file made it. There is no way around it. */

/** Text that is HTML already: a template's own strings, with its values escaped. */
export class Html {
  readonly #text: string;

  constructor(strings: TemplateStringsArray, values: readonly HtmlValue[]) {
    this.#text = strings.reduce((text, string, index) => text + textOf(values[index - 1]) + string);
  }

  toString(): string {
    return this.#text;
  }
}

/** Text and numbers are escaped; lists are joined; null, undefined and false are nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | null | undefined | false;

/** Writes HTML: html`<p>${text}</p>`. Attribute values must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings, values);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.map(String).join("");
  return String(value).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? "");
}
