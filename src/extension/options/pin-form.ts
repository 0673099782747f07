/** Pins a sender: from then on the popup names it as a fact, so how its fingerprint was checked is asked and kept. */
import { i18n, sendToBackground } from "../browser.ts";
import { FINGERPRINT_GROUP, groupAsTyped, grouped } from "../page/code.ts";
import { checkedFields } from "./checked-fields.ts";
import { textField } from "./field.ts";
import { form } from "./form.ts";
import { pinProblem } from "./pin-problem.ts";

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
  const checked = checkedFields("pin-checked");
  /** The name that the user was warned of: pinned all the same where it is sent again. */
  let warnedOf = "";

  return form({
    fields: [from, kid, ...checked.fields],
    submit: { testid: "pin-add", key: "pinAdd" },
    busy: "pinAdding",
    send: async () => {
      const checkedBy = checked.read();
      if (typeof checkedBy !== "string") return checkedBy;
      const fromId = from.input.value.trim();
      const response = await sendToBackground("options.addPin", {
        fromId,
        kid: grouped(kid.input.value, FINGERPRINT_GROUP),
        checkedBy,
        replaces: false,
        anyway: fromId === warnedOf,
      });
      warnedOf = "";
      if (response.ok) {
        from.input.value = "";
        kid.input.value = "";
        checked.clear();
        onPinned();
        return { done: i18n("pinAdded", response.pin.fromId) };
      }
      if (response.failure === "resembles" || response.failure === "mixes") warnedOf = fromId;
      return pinProblem(response, { from, kid });
    },
  });
}
