/**
 * What is typed from another screen: the code of a request with `Match` from the sender's own page, or the end of a new
 * device's fingerprint from that device. Whether it is the right one is not known here.
 */
import { i18n } from "../browser.ts";
import { FINGERPRINT_GROUP, groupAsTyped, grouped } from "../page/code.ts";
import { element } from "../page/dom.ts";

export interface TypedField {
  readonly element: HTMLElement;
  /** What is typed, where it is whole. */
  readonly text: () => string | undefined;
}

/** The last two groups of a fingerprint, and the hyphen between. */
const END = 2 * FINGERPRINT_GROUP + 1;

interface Kind {
  readonly label: string;
  readonly hint: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What the answer will say; undefined while it is not whole. */
  readonly read: (typed: string) => string | undefined;
}

const KINDS = {
  match: {
    label: "code",
    hint: "codeHint",
    attributes: { inputmode: "numeric", maxlength: "12", pattern: "[0-9]{6,12}" },
    read: (typed) => (/^[0-9]{6,12}$/.test(typed) ? typed : undefined),
  },
  typed: {
    label: "deviceEnd",
    hint: "deviceEndHint",
    attributes: { autocapitalize: "characters", maxlength: String(END) },
    read: (typed) => {
      const end = grouped(typed, FINGERPRINT_GROUP);
      return end.length === END ? end : undefined;
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** The field, empty. @param start - what stands before what is typed @param onTyped - called at each change */
export function typedField(
  kind: keyof typeof KINDS,
  start: Node | undefined,
  onTyped: (isWhole: boolean) => void,
): TypedField {
  const { label, hint, attributes, read } = KINDS[kind];
  const hintId = `${kind}-hint`;
  const input = element("input", {
    testid: kind,
    attributes: {
      ...{ id: kind, type: "text", autocomplete: "off", spellcheck: "false", dir: "ltr", "aria-describedby": hintId },
      ...attributes,
    },
  });
  if (kind === "typed") groupAsTyped(input, FINGERPRINT_GROUP);
  const text = (): string | undefined => read(input.value);
  input.addEventListener("input", () => onTyped(text() !== undefined));
  return {
    element: element(
      "div",
      { class: "code" },
      start === undefined ? undefined : element("p", { class: "start" }, i18n("endorseStart"), " ", start, " …"),
      element("label", { attributes: { for: kind } }, i18n(label)),
      input,
      element("p", { attributes: { id: hintId } }, i18n(hint)),
    ),
    text,
  };
}
