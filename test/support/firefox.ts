/** Firefox with the packed and unzipped extension, for tests. A test is skipped, with the reason, where there is no such browser. */
import { test } from "vitest";
import { Firefox } from "../../src/demo/browser/firefox.ts";
import type { FirefoxOptions } from "../../src/demo/browser/firefox.ts";
import { findFirefox } from "../../src/demo/prepare/browsers.mjs";
import { compiledProfile } from "./compiled-firefox.ts";
import { unpackedFolder } from "./packages.ts";

/** Starts Firefox with the extension and a profile that goes with it; the caller closes it. */
export function launchFirefox(options: Partial<FirefoxOptions> = {}): Promise<Firefox> {
  return Firefox.launch({ extension: unpackedFolder("firefox"), ...compiledProfile(), ...options });
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
