/** Why a sender was not pinned, in words, at the field that is to be corrected. */
import { i18n } from "../browser.ts";
import type { ResponseOf } from "../messages.ts";
import type { Field } from "./field.ts";
import type { Problem } from "./form.ts";
import { PIN_FAILURES } from "./words.ts";

type Failed = Extract<ResponseOf<"options.addPin">, { readonly ok: false }>;

/** The problem. A name that is resembled is part of the sentence: it is one that the user pinned or has. */
export function pinProblem(
  { failure, detail }: Failed,
  fields: Readonly<Partial<Record<"from" | "kid", Field<HTMLInputElement>>>>,
): Problem {
  const { key, field } = PIN_FAILURES[failure];
  const target = field === undefined ? undefined : fields[field];
  return { text: i18n(key, detail), ...(target === undefined ? {} : { field: target }) };
}
