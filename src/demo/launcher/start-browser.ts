/** Starts the browser of the demo: Chromium where there is one, else Firefox, or the one that was asked for. */
import { findChromium, findFirefox } from "../prepare/browsers.mjs";
import { startChromium } from "./chromium-co-browser.ts";
import type { CoBrowser } from "./co-browser.ts";
import { startFirefox } from "./firefox-co-browser.ts";
import { LauncherError } from "./launcher-error.ts";

export interface BrowserChoice {
  readonly firefox: boolean;
  readonly headless: boolean;
  /** The profile's folder. */
  readonly profile: string;
}

/**
 * The start is not awaited: whoever cleans up must know of it while it goes on.
 *
 * @throws LauncherError `no_browser`
 */
export function startBrowser({ firefox, headless, profile }: BrowserChoice): {
  readonly name: string;
  readonly started: Promise<CoBrowser>;
} {
  const chromiumPath = firefox ? undefined : findChromium();
  if (chromiumPath !== undefined) {
    return { name: "Chromium", started: startChromium(chromiumPath, profile, headless) };
  }
  const firefoxPath = findFirefox();
  if (firefoxPath !== undefined) return { name: "Firefox", started: startFirefox(firefoxPath, profile, headless) };
  throw new LauncherError(
    "no_browser",
    firefox ? "There is no Firefox on this machine." : "There is no Chromium, Chrome or Firefox on this machine.",
    "Install one, or say where it is: CHROMIUM_PATH=/path/to/chromium npm start",
  );
}
