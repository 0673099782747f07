/** The button by which the account's other devices are asked once more about this one. */
import type { AccountKey } from "../../responder/index.ts";
import { i18n, sendToBackground } from "../browser.ts";
import { button, element, setText } from "../page/dom.ts";

const SEND_MS = 30_000;

/** The button, and a line for what came of it. */
export function askAgainButton({ account, broker }: AccountKey): HTMLElement {
  const said = element("p", { class: "hint", testid: "asked-again", attributes: { role: "status" } });
  const ask = button(i18n("askAgain"), { class: "link", testid: "ask-again" }, () => void run());
  async function run(): Promise<void> {
    ask.disabled = true;
    const { asked } = await sendToBackground("options.askAgain", { account, broker }, SEND_MS).catch(() => ({
      asked: false,
    }));
    setText(said, i18n(asked ? "askedAgain" : "askedNotAgain"));
    ask.disabled = false;
  }
  return element("div", { class: "ask-again" }, ask, said);
}
