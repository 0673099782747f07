/** Chromium with the packed and unzipped extension, for tests. A test is skipped, with the reason, where there is no such browser. */
import { test } from "vitest";
import { Chromium } from "../../src/demo/browser/chromium.ts";
import type { ChromiumOptions } from "../../src/demo/browser/chromium.ts";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { unpackedFolder } from "./packages.ts";

/** Starts Chromium with the extension and a profile that goes with it; the caller closes it. */
export function launchChromium(options: Partial<ChromiumOptions> = {}): Promise<Chromium> {
  return Chromium.launch({ extension: unpackedFolder("chrome"), ...options });
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
