/**
 * The mark of this installation: 128 random bits, made once and kept. They are told to our own two pages, which draw
 * them, and to nobody else: a page of the web that draws our popup cannot draw this.
 */
import { readSetting, writeSetting } from "./browser.ts";

const SETTING = "installation-mark";

let known: Promise<string> | undefined;

/** The mark as 32 hexadecimal digits. Rejects where it cannot be kept: another one each time would teach nothing. */
export function installationMark(): Promise<string> {
  known ??= keptMark().catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function keptMark(): Promise<string> {
  const kept = await readSetting(SETTING);
  if (typeof kept === "string" && /^[0-9a-f]{32}$/.test(kept)) return kept;
  if (kept !== undefined) throw new Error("The mark of this installation is damaged.");
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await writeSetting(SETTING, made);
  return made;
}
