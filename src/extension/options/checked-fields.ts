/** Asks how the user checked a fingerprint, for what is kept with a pin. */
import { i18n } from "../browser.ts";
import { type Field, selectField, textField } from "./field.ts";
import type { Problem } from "./form.ts";
import { PIN_CHECKS } from "./words.ts";

export interface CheckedFields {
  readonly fields: readonly [Field<HTMLSelectElement>, Field<HTMLInputElement>];
  /** How it was checked, in words; a problem where the user has not said. */
  readonly read: () => string | Problem;
  readonly clear: () => void;
}

/** The fields. @param testid - of the first */
export function checkedFields(testid: string): CheckedFields {
  const checked = selectField(testid, "fieldChecked", "fieldCheckedHint", PIN_CHECKS);
  const other = textField(`${testid}-other`, "fieldCheckedOther", undefined, { maxlength: "200", dir: "auto" });
  const showOther = (): void => {
    other.element.hidden = checked.input.value !== "other";
  };
  checked.input.addEventListener("change", showOther);
  showOther();
  return {
    fields: [checked, other],
    read: () => {
      const isOther = checked.input.value === "other";
      const said = isOther ? other.input.value.trim() : checked.input.selectedOptions[0]?.textContent;
      const isSaid = checked.input.value !== "" && said !== undefined && said !== "";
      return isSaid ? said : { text: i18n("pinCheckedMissing"), field: isOther ? other : checked };
    },
    clear: () => {
      checked.input.value = "";
      other.input.value = "";
      showOther();
    },
  };
}
