/** What the user prefers, kept by the browser beside the database: it is known where that one cannot be opened, too. */
import type { RequestOf } from "../messages.ts";
import { PREFERENCES, type Preferences } from "../preferences.ts";
import { readSetting, writeSetting } from "./browser.ts";

/** What is kept; where nothing is, or nothing that this version knows, the first choice. */
export async function preferences(): Promise<Preferences> {
  const [theme, notifications] = [await readSetting("theme"), await readSetting("notifications")];
  return {
    theme: PREFERENCES.theme.find((one) => one === theme) ?? "system",
    notifications: PREFERENCES.notifications.find((one) => one === notifications) ?? "on",
  };
}

/** Keeps what is not null; what is kept then. */
export async function prefer(change: RequestOf<"options.preferences">): Promise<Preferences> {
  for (const [name, value] of Object.entries(change)) if (value !== null) await writeSetting(name, value);
  return preferences();
}
