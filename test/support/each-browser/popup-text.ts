/** Waiting for a text in the popup, in any browser. */
import { waitUntil } from "../../../src/demo/browser/wait.ts";
import type { Popup } from "../../../src/demo/launcher/co-browser.ts";
import type { TestPopup } from "./browser.ts";

export const POPUP_PAGE = "src/extension/popup/index.html";

/** How long anything in a browser may take, in milliseconds. */
export const PATIENCE_MS = 20_000;

export function textIn(popup: Popup): TestPopup["text"] {
  return (selector, expected = "") =>
    waitUntil(`${selector} with "${expected}" in the popup`, PATIENCE_MS, async () =>
      (await popup.texts(selector)).find((text) => text.includes(expected)),
    );
}
