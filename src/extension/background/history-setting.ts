/** For how long the user wants the history to be kept: a setting, and no secret. */
import { type Keep, KEEPS } from "../../responder/index.ts";
import { readSetting, writeSetting } from "./browser.ts";

const SETTING = "history";

/** What the user chose; else all of it. What cannot be read is not taken for a wish to forget. */
export async function historyKept(): Promise<Keep> {
  const kept = await readSetting(SETTING).catch(() => undefined);
  return KEEPS.find((one) => one === kept) ?? "all";
}

export function keepHistory(keep: Keep): Promise<void> {
  return writeSetting(SETTING, keep);
}
