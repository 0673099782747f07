/** Under an unverified name: whether its domain says that the key is its own, and the button that asks it. */
import type { SenderView } from "../../responder/index.ts";
import { i18n } from "../browser.ts";
import { button, element, foreign, sentence } from "../page/dom.ts";

/** What asking brought, where it did not bring the domain's yes. */
const SAYS = { absent: "checkAbsent", unreachable: "checkUnreachable", malformed: "checkMalformed" } as const;

/** The line; undefined where there is nobody to ask, or no need to. */
export function senderCheck({ check, domain }: SenderView, onCheck: () => void): HTMLElement | undefined {
  if (check === "none" || check === "published") return undefined;
  if (check === "running" || check === "due") return element("p", { class: "check" }, i18n("waitChecking"));
  const ask = button(i18n("checkSender"), { class: "link", testid: "check-sender" }, () => {
    ask.disabled = true;
    onCheck();
  });
  const said = check === "offered" ? [] : [sentence(SAYS[check], foreign(domain.ascii)), " "];
  return element("p", { class: "check", testid: "check" }, ...said, ask);
}
