/** The pinned senders: name, key, and how the user says that they checked it. */
import { i18n, sendToBackground } from "../browser.ts";
import type { PinView } from "../messages.ts";
import { element, fingerprint, foreign, sentence } from "../page/dom.ts";
import { icon } from "../page/icons.ts";
import { date } from "../page/times.ts";
import { removal } from "./removal.ts";

export interface PinList {
  readonly element: HTMLElement;
  readonly show: (pins: readonly PinView[]) => void;
}

/** Builds the list, empty. @param onRemoved - called when a pin is gone */
export function createPinList(locale: string, onRemoved: () => void): PinList {
  const list = element("ul", { class: "cards", testid: "pins" });
  let shown = "";
  return {
    element: list,
    show: (pins) => {
      const now = JSON.stringify(pins);
      if (now === shown) return;
      shown = now;
      const none = element("li", { class: "none" }, i18n("pinsNone"));
      list.replaceChildren(...(pins.length === 0 ? [none] : pins.map((pin) => item(pin, locale, onRemoved))));
    },
  };
}

function item(
  { fromId, kid, checkedBy, added, restored }: PinView,
  locale: string,
  onRemoved: () => void,
): HTMLElement {
  return element(
    "li",
    { class: "card", testid: "pin" },
    element("div", { class: "card-head" }, element("h3", {}, icon("pinned"), foreign(fromId))),
    fingerprint(kid),
    element("p", { class: "hint" }, sentence("pinHow", foreign(checkedBy), element("span", {}, date(added, locale)))),
    restored === undefined ? undefined : element("p", { class: "hint" }, i18n("pinRestored", date(restored, locale))),
    removal({
      name: fromId,
      question: "removePinQuestion",
      remove: async () => {
        const { removed } = await sendToBackground("options.removePin", { fromId, kid });
        if (removed) onRemoved();
        return removed;
      },
    }),
  );
}
