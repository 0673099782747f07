/** What helps to find a fault, as a text to read and copy: no name, account, text, key or code is in it. */
import { extensionVersion, i18n, sendToBackground, uiLanguage } from "../browser.ts";
import { button, element, setText } from "../page/dom.ts";
import { diagnosticsText } from "./diagnostics-text.ts";

/** The section's content: a button, and the text once it was asked for. */
export function createDiagnostics(): HTMLElement {
  const status = element("p", { class: "hint", testid: "diagnostics-status", attributes: { role: "status" } });
  const text = element("textarea", {
    class: "mono",
    testid: "diagnostics",
    attributes: { readonly: "", rows: "10", dir: "ltr", spellcheck: "false", "aria-label": i18n("diagnosticsTitle") },
  });
  text.hidden = true;

  async function show(): Promise<void> {
    const [found, persisted, { usage, quota }] = await Promise.all([
      sendToBackground("options.diagnostics", {}),
      navigator.storage.persisted(),
      navigator.storage.estimate(),
    ]);
    const { userAgent } = navigator;
    const browser = { version: extensionVersion(), userAgent, language: uiLanguage(), persisted, usage, quota };
    text.value = diagnosticsText(found, browser, Date.now());
    text.hidden = false;
    text.select();
    const isCopied = await navigator.clipboard.writeText(text.value).then(
      () => true,
      () => false,
    );
    setText(status, i18n(isCopied ? "diagnosticsCopied" : "diagnosticsNotCopied"));
  }

  const failed = (): void => setText(status, i18n("errorText"));
  const copy = button(i18n("diagnosticsCopy"), { testid: "diagnostics-copy" }, () => void show().catch(failed));
  return element("div", { class: "card diagnostics" }, element("div", {}, copy), text, status);
}
