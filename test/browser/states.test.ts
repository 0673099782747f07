/**
 * Every state of the popup and the settings: what axe-core finds in both themes, and pictures on request. `npm test` goes
 * through them in Chromium, as the pages are the same; `npm run screenshots` in both browsers.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, type TestPopup, type TestTab, type Theme, userIn } from "../support/each-browser/index.ts";
import { OPTIONS_STATES } from "../support/states/options-states.ts";
import { POPUP_STATES, startOver } from "../support/states/popup-states.ts";
import { Scene } from "../support/states/scene.ts";
import { textsIn } from "../support/states/texts.ts";

/** Where pictures go, and the languages in which they are taken; without a folder none are. */
const { SCREENSHOTS, LANGUAGES = "en" } = process.env;
const THEMES: readonly Theme[] = ["light", "dark"];

const cases = (SCREENSHOTS === undefined ? BROWSERS.slice(0, 1) : BROWSERS).flatMap((name) =>
  LANGUAGES.split(",").map((language) => [name, language] as const),
);

describe.each(cases)("in %s, in %s,", { timeout: 120_000 }, (name, language) => {
  const options = { connected: false, language, policy: { limits: false } } as const;
  const texts = textsIn(language);

  /** What axe-core finds in both themes. */
  async function violationsOf(looked: TestPopup | TestTab, state: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const theme of THEMES) {
      await looked.setTheme(theme);
      await picture(looked, `${name}-${language}-${theme}`, state);
      found.push(...(await looked.violations()).map((violation) => `${theme}: ${violation}`));
    }
    await looked.setTheme("light");
    return found;
  }

  describe("the popup's state", () => {
    const alice = userIn(name, options);
    beforeAll(startOver);

    test.each(named(POPUP_STATES))("%s breaks no rule of accessibility", async (_, state) => {
      const scene = new Scene(alice(), texts);
      const popup = await state.show(scene);
      const found = await violationsOf(popup, state.name);
      await (state.leave?.(scene, popup) ?? scene.clear(popup));
      expect(found).toEqual([]);
    });
  });

  describe("the page's state", () => {
    const alice = userIn(name, options);

    test.each(named(OPTIONS_STATES))("%s breaks no rule of accessibility", async (_, state) => {
      const tab = await state.show(new Scene(alice(), texts));
      const found = await violationsOf(tab, state.name);
      await tab.close();
      expect(found).toEqual([]);
    });
  });
});

function named<T extends { readonly name: string }>(states: readonly T[]): readonly (readonly [string, T])[] {
  return states.map((state) => [state.name, state]);
}

async function picture(looked: TestPopup | TestTab, folder: string, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  await mkdir(join(SCREENSHOTS, folder), { recursive: true });
  await looked.screenshot(join(SCREENSHOTS, folder, `${name}.png`));
}
