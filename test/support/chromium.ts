/** Chromium with the built extension, for tests. A test is skipped, with the reason, where there is no such browser. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "vitest";
import { Chromium } from "../../src/demo/browser/chromium.ts";
import type { ChromiumOptions } from "../../src/demo/browser/chromium.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";

/** The built extension that the tests load. */
export const CHROME_BUILD = resolve(import.meta.dirname, "../../dist/chrome");

/** Starts Chromium with the built extension and a profile that goes with it; the caller closes it. */
export function launchChromium(options: Partial<ChromiumOptions> = {}): Promise<Chromium> {
  if (!existsSync(CHROME_BUILD)) throw new Error("There is no dist/chrome. Run npm run build first.");
  return Chromium.launch({ extension: CHROME_BUILD, ...options });
}

/** A test that gets a Chromium of its own, with an empty profile, closed when the test ends however it ends. */
export const chromiumTest = test.extend<{ readonly chromium: Chromium }>({
  chromium: async ({ skip }, use) => {
    if (findChromium() === undefined) skip("no Chromium or Chrome on this machine");
    const chromium = await launchChromium();
    try {
      await use(chromium);
    } finally {
      await chromium.close();
    }
  },
});
