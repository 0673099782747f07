/** Firefox with the built extension, for tests. A test is skipped, with the reason, where there is no such browser. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "vitest";
import { Firefox } from "../../src/demo/browser/firefox.ts";
import type { FirefoxOptions } from "../../src/demo/browser/firefox.ts";
import { findFirefox } from "../../src/demo/prepare/browsers.mjs";

/** The built extension that the tests load. */
export const FIREFOX_BUILD = resolve(import.meta.dirname, "../../dist/firefox");

/** Starts Firefox with the built extension and a profile that goes with it; the caller closes it. */
export function launchFirefox(options: Partial<FirefoxOptions> = {}): Promise<Firefox> {
  if (!existsSync(FIREFOX_BUILD)) throw new Error("There is no dist/firefox. Run npm run build first.");
  return Firefox.launch({ extension: FIREFOX_BUILD, ...options });
}

/** A test that gets a Firefox of its own, with an empty profile, closed when the test ends however it ends. */
export const firefoxTest = test.extend<{ readonly firefox: Firefox }>({
  firefox: async ({ skip }, use) => {
    if (findFirefox() === undefined) skip("no Firefox on this machine");
    const firefox = await launchFirefox();
    try {
      await use(firefox);
    } finally {
      await firefox.close();
    }
  },
});
