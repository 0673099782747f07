/** Removing something, in two steps on the page itself: the second one says what is lost. */
import { i18n } from "../browser.ts";
import { button, element } from "../page/dom.ts";

export interface RemovalOptions {
  /** The name of what is removed, for those who only hear the button. */
  readonly name: string;
  /** The key of what is lost. */
  readonly question: string;
  /** Removes it; false or a rejection where that failed. */
  readonly remove: () => Promise<boolean>;
}

/** A button that asks before it acts. */
export function removal({ name, question, remove }: RemovalOptions): HTMLElement {
  const box = element("div", { class: "removal", testid: "removal" });
  const first = button(
    i18n("remove"),
    { class: "link", testid: "remove", attributes: { "aria-label": i18n("removeNamed", name) } },
    ask,
  );

  function ask(): void {
    const keep = button(i18n("keep"), { testid: "keep" }, () => {
      box.replaceChildren(first);
      first.focus();
    });
    const really = button(i18n("remove"), { class: "danger", testid: "remove-really" }, () => void act());
    box.replaceChildren(
      element("p", { attributes: { role: "alert" } }, i18n(question)),
      element("div", { class: "removal-buttons" }, keep, really),
    );
    keep.focus();
  }

  async function act(): Promise<void> {
    const isRemoved = await remove().catch(() => false);
    if (!isRemoved)
      box.replaceChildren(element("p", { class: "problem", testid: "error" }, i18n("removeFailed")), first);
  }

  box.append(first);
  return box;
}
