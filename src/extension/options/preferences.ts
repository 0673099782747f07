/** How both pages look, and what brings a notification. */
import { sendToBackground } from "../browser.ts";
import type { RequestOf } from "../messages.ts";
import { element } from "../page/dom.ts";
import { showTheme } from "../page/show-theme.ts";
import { PREFERENCES } from "../preferences.ts";
import { selectField } from "./field.ts";
import { NOTIFICATIONS, THEMES } from "./words.ts";

/** The choices; {@link load} shows which are kept. */
export function createPreferences(): { readonly element: HTMLElement; readonly load: () => Promise<void> } {
  const theme = selectField("theme", "fieldTheme", undefined, THEMES);
  const notifications = selectField("notifications", "fieldNotifications", "fieldNotificationsHint", NOTIFICATIONS);

  async function ask(change: RequestOf<"options.preferences">): Promise<void> {
    const kept = await sendToBackground("options.preferences", change);
    theme.input.value = kept.theme;
    notifications.input.value = kept.notifications;
    showTheme(kept.theme);
  }

  const change = (): void =>
    void ask({
      theme: PREFERENCES.theme.find((one) => one === theme.input.value) ?? null,
      notifications: PREFERENCES.notifications.find((one) => one === notifications.input.value) ?? null,
    }).catch(() => undefined);
  for (const { input } of [theme, notifications]) input.addEventListener("change", change);
  return {
    element: element("div", { class: "card preferences" }, theme.element, notifications.element),
    load: () => ask({ theme: null, notifications: null }),
  };
}
