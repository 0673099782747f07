/** Light, dark, or as the browser is: the style sheet has both, and this says which. */
import type { Theme } from "../messages.ts";

export function showTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
}
