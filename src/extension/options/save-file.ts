/** Has the browser save what the background handed over. */
import { element } from "../page/dom.ts";

/** Saves JSON under a name that the user may change. */
export function saveFile(name: string, content: unknown): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: "application/json" }));
  element("a", { attributes: { href: url, download: name } }).click();
  // The browser has it by then, or has asked where to put it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
