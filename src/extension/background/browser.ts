/**
 * The doorway's other half, for the background alone: the extension's own storage of settings. No page's script holds
 * it, so none can read or write there.
 */
import browser from "webextension-polyfill";

/** A setting, unparsed; undefined where it was never set. */
export async function readSetting(key: string): Promise<unknown> {
  const { [key]: value } = await browser.storage.local.get(key);
  return value;
}

export function writeSetting(key: string, value: unknown): Promise<void> {
  return writeSettings({ [key]: value });
}

/** Writes several, or none. */
export async function writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
  await browser.storage.local.set(settings);
}
