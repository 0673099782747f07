/** Under a result: that its sender can be blocked, and how that stands. Where the press before was, this one is not live at once. */
import { LIMITS } from "../../protocol/index.ts";
import { i18n } from "../browser.ts";
import type { SettledView } from "../messages.ts";
import { element, setText } from "../page/dom.ts";
import { guardedButton } from "./guarded-button.ts";
import { BLOCKS } from "./words.ts";

export interface BlockBar {
  readonly element: HTMLElement;
  readonly show: (settled: SettledView) => void;
}

/** The bar, empty. @param onBlock - the user wants the sender blocked; false where that could not be kept */
export function blockBar(onBlock: () => Promise<boolean>): BlockBar {
  const said = element("p", { testid: "block-state", attributes: { role: "status" } });
  const press = guardedButton("link", "block", () => {
    press.setLive(false);
    void onBlock().then((isWanted) => {
      press.setLive(true);
      if (!isWanted) setText(said, i18n("blockFailed"));
    });
  });
  press.element.append(i18n("blockSender"));
  setTimeout(() => press.setLive(true), LIMITS.armingMs);
  return {
    element: element("div", { class: "block-bar" }, said, press.element),
    show: ({ result, block }) => {
      const isAccepted = result.kind === "answered" && result.value;
      const words = block === undefined || block === "offered" ? undefined : BLOCKS[block];
      setText(said, words === undefined ? "" : i18n(words));
      press.element.hidden = isAccepted || block === undefined || ["wanted", "retried", "done"].includes(block);
    },
  };
}
