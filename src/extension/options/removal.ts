/** Removing or revoking something, in two steps on the page itself: the second one says what is lost. */
import { i18n } from "../browser.ts";
import { button, element } from "../page/dom.ts";

export interface RemovalOptions {
  /** The name of what is removed, for those who only hear the button. */
  readonly name: string;
  readonly verb?: keyof typeof VERBS;
  /** The key of what is lost; or says what is lost now. */
  readonly question: string | (() => string);
  /** Removes it; false or a rejection where that failed, or a sentence that says why. */
  readonly remove: () => Promise<boolean | string>;
}

const VERBS = {
  remove: { word: "remove", named: "removeNamed", failed: "removeFailed" },
  revoke: { word: "revoke", named: "revokeNamed", failed: "revokeFailed" },
  clear: { word: "clear", named: undefined, failed: "clearFailed" },
} as const;

/** A button that asks before it acts. */
export function removal({ name, verb = "remove", question, remove }: RemovalOptions): HTMLElement {
  const words = VERBS[verb];
  const box = element("div", { class: "removal", testid: "removal" });
  const first = button(
    i18n(words.word),
    {
      class: "link",
      testid: verb,
      attributes: words.named === undefined ? {} : { "aria-label": i18n(words.named, name) },
    },
    ask,
  );

  function ask(): void {
    const keep = button(i18n("keep"), { testid: "keep" }, () => {
      box.replaceChildren(first);
      first.focus();
    });
    const really = button(i18n(words.word), { class: "danger", testid: `${verb}-really` }, () => void act());
    box.replaceChildren(
      element("p", { attributes: { role: "alert" } }, typeof question === "string" ? i18n(question) : question()),
      element("div", { class: "removal-buttons" }, keep, really),
    );
    keep.focus();
  }

  async function act(): Promise<void> {
    const done = await remove().catch(() => false);
    if (done === true) return;
    const problem = done === false ? i18n(words.failed) : done;
    const said = element("p", { class: "problem", testid: "error", attributes: { role: "alert" } }, problem);
    box.replaceChildren(said, first);
    first.focus();
  }

  box.append(first);
  return box;
}
