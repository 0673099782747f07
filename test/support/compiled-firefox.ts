/**
 * A profile that Firefox was started on once. What it compiled of its own scripts there, the Firefoxes of the tests need not
 * compile again: each has a new profile all the same, and takes nothing else from this one.
 */
import { existsSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Firefox } from "../../src/demo/browser/firefox.ts";
import { OPTIONS_PAGE } from "../../src/demo/launcher/co-browser.ts";
import { findFirefox } from "../../src/demo/prepare/browsers.mjs";

const PROFILE = resolve(import.meta.dirname, "../../dist/firefox-profile");
const COMPILED = join(PROFILE, "startupCache");

/** The profile, where there is one. */
export function compiledProfile(): { readonly compiled?: string } {
  return existsSync(COMPILED) ? { compiled: PROFILE } : {};
}

/** Makes the profile, where there is a Firefox and none of it yet. @param extension - the folder of the built one */
export async function compileFirefox(extension: string): Promise<void> {
  const executable = findFirefox();
  if (executable === undefined || isNewer(COMPILED, executable)) return;
  rmSync(PROFILE, { recursive: true, force: true });
  try {
    const firefox = await Firefox.launch({ extension, executable, profile: PROFILE });
    await firefox.openPage(OPTIONS_PAGE);
    await firefox.openPopup();
    await firefox.close();
  } catch (error) {
    console.warn("Each Firefox of the tests compiles for itself:", error);
    rmSync(PROFILE, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Of a file, when it was put where it is counts, not when it was made. */
function isNewer(folder: string, file: string): boolean {
  return existsSync(folder) && statSync(folder).ctimeMs > statSync(file).ctimeMs;
}
