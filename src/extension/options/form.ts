/** A form that is sent once at a time, and says in words how it goes: what is wrong, what to do, or that it is done. */
import { i18n } from "../browser.ts";
import { element } from "../page/dom.ts";
import type { Field } from "./field.ts";

type AnyField = Field<HTMLInputElement> | Field<HTMLSelectElement>;

export interface Problem {
  /** A sentence. */
  readonly text: string;
  /** What a technician would ask for; may hold words of the broker. */
  readonly detail?: string;
  /** The field that is to be corrected. */
  readonly field?: AnyField;
}

export interface FormOptions {
  readonly fields: readonly AnyField[];
  readonly submit: { readonly testid: string; readonly key: string };
  /** The key of what is said while it is sent. */
  readonly busy: string;
  /** Sends it; resolves with what went wrong, or with the sentence that says that it is done. */
  readonly send: () => Promise<Problem | { readonly done: string }>;
}

/** Builds the form. */
export function form({ fields, submit, busy, send }: FormOptions): HTMLFormElement {
  const button = element("button", { class: "accept", testid: submit.testid, attributes: { type: "submit" } });
  const status = element("p", { class: "status", attributes: { role: "status" } });
  const alert = element("div", { attributes: { role: "alert" } });
  const made = element(
    "form",
    { attributes: { autocomplete: "off", novalidate: "" } },
    ...fields.map(({ element: field }) => field),
    element("div", { class: "submit" }, button, status),
    alert,
  );
  button.append(i18n(submit.key));

  async function run(): Promise<void> {
    button.disabled = true;
    alert.replaceChildren();
    for (const field of fields) field.setInvalid(false);
    status.textContent = i18n(busy);
    const outcome = await send().catch((): Problem => ({ text: i18n("errorText") }));
    button.disabled = false;
    status.textContent = "done" in outcome ? outcome.done : "";
    if ("done" in outcome) return;
    alert.append(...problemElements(outcome));
    outcome.field?.setInvalid(true);
    outcome.field?.input.focus();
  }

  made.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) void run();
  });
  return made;
}

function problemElements({ text, detail }: Problem): readonly HTMLElement[] {
  const said = element("p", { class: "problem", testid: "error" }, text);
  if (detail === undefined || detail === "") return [said];
  return [
    said,
    element(
      "details",
      {},
      element("summary", {}, i18n("details")),
      element("p", { class: "detail", attributes: { dir: "auto" } }, detail),
    ),
  ];
}
