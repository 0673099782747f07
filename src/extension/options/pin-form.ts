/** Pins a sender: from then on the popup names it as a fact, so how its fingerprint was checked is asked and kept. */
import { i18n, sendToBackground } from "../browser.ts";
import { FINGERPRINT_GROUP, groupAsTyped, grouped } from "../page/code.ts";
import { selectField, textField } from "./field.ts";
import { form } from "./form.ts";
import { PIN_CHECKS, PIN_FAILURES } from "./words.ts";

/** Builds the form. @param onPinned - called when there is a new pin */
export function createPinForm(onPinned: () => void): HTMLElement {
  const from = textField("pin-from", "fieldFrom", "fieldFromHint", {
    inputmode: "email",
    placeholder: "payments@bank.example",
  });
  const kid = textField("pin-kid", "fieldKid", "fieldKidHint", {
    class: "mono",
    autocapitalize: "characters",
    placeholder: "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX",
  });
  groupAsTyped(kid.input, FINGERPRINT_GROUP);
  const checked = selectField("pin-checked", "fieldChecked", "fieldCheckedHint", PIN_CHECKS);
  const other = textField("pin-checked-other", "fieldCheckedOther", undefined, { maxlength: "200" });
  const showOther = (): void => {
    other.element.hidden = checked.input.value !== "other";
  };
  checked.input.addEventListener("change", showOther);
  showOther();

  const clear = (): void => {
    for (const { input } of [from, kid, checked, other]) input.value = "";
    showOther();
  };
  /** How it was checked, in words; empty where the user has not said. */
  const checkedBy = (): string => {
    const { value } = checked.input;
    if (value === "other") return other.input.value.trim();
    return value === "" ? "" : (checked.input.selectedOptions[0]?.textContent ?? "");
  };

  return form({
    fields: [from, kid, checked, other],
    submit: { testid: "pin-add", key: "pinAdd" },
    busy: "pinAdding",
    send: async () => {
      const words = checkedBy();
      if (words === "") {
        return { text: i18n("pinCheckedMissing"), field: checked.input.value === "other" ? other : checked };
      }
      const fromId = from.input.value.trim();
      const response = await sendToBackground("options.addPin", {
        fromId,
        kid: grouped(kid.input.value, FINGERPRINT_GROUP),
        checkedBy: words,
      });
      if (response.ok) {
        clear();
        onPinned();
        return { done: i18n("pinAdded", response.pin.fromId) };
      }
      const { key, field } = PIN_FAILURES[response.failure];
      const target = field === undefined ? undefined : { from, kid }[field];
      return { text: i18n(key), detail: response.detail, ...(target === undefined ? {} : { field: target }) };
    },
  });
}
