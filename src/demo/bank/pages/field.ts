/** One line of a form, with its label, its hint and what is wrong with it, tied together for those who do not see them. */
import { type Html, html } from "./html.ts";

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly type?: "text" | "password";
  readonly autocomplete?: string;
  readonly inputmode?: "text" | "decimal" | "email";
  readonly isOptional?: boolean;
}

export function field({ name, label, value, hint, problem, type, autocomplete, inputmode, isOptional }: Field): Html {
  const described = [hint === undefined ? "" : `${name}-hint`, problem === undefined ? "" : `${name}-problem`];
  return html`<div class="field">
    <label for="${name}">${label}${isOptional === true && html` <span class="optional">(optional)</span>`}</label>
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`} ${problemLine(name, problem)}
    <input
      id="${name}"
      name="${name}"
      type="${type ?? "text"}"
      value="${value}"
      inputmode="${inputmode ?? "text"}"
      autocomplete="${autocomplete ?? "off"}"
      autocapitalize="none"
      spellcheck="false"
      aria-invalid="${problem === undefined ? "false" : "true"}"
      aria-describedby="${described.filter(Boolean).join(" ")}"
    />
  </div>`;
}

export function problemLine(name: string, problem: string | undefined): Html | undefined {
  return problem === undefined ? undefined : html`<p class="problem" id="${name}-problem">${problem}</p>`;
}

/** What is wrong with a form as a whole, said at once by a screen reader. */
export function alert(text: string | undefined): Html | undefined {
  return text === undefined ? undefined : html`<p class="notice bad" role="alert" data-testid="alert">${text}</p>`;
}
