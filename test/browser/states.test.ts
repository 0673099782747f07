/**
 * Every state of the popup and the settings: what axe-core finds in both themes, what a screen reader is given, and pictures on
 * request. `npm test` goes through them in Chromium, as the pages are the same; `npm run screenshots` in both browsers.
 *
 * The accessibility trees are in `states/`. After a change that is meant, read them again:
 *
 *     npx vitest run --project browser test/browser/states.test.ts -u
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import { BROWSERS, type TestPopup, type TestTab, type Theme, userIn } from "../support/each-browser/index.ts";
import { OPTIONS_STATES } from "../support/states/options-states.ts";
import { plainTree } from "../support/states/plain-tree.ts";
import { POPUP_STATES, startOver } from "../support/states/popup-states.ts";
import { Scene } from "../support/states/scene.ts";
import { textsIn } from "../support/states/texts.ts";

/** Where pictures go, the languages in which they are taken, and how many dots a pixel has; without a folder none are. */
const { SCREENSHOTS, LANGUAGES = "en", DOTS = "1" } = process.env;
const THEMES: readonly (readonly [Theme, string?])[] = [
  ["light"],
  // Of what axe-core looks for, only this depends on the theme.
  ["dark", "color-contrast"],
];
const TREES = join(import.meta.dirname, "states");
/** How long a page may take to say all that it has to say. */
const SETTLED_MS = 4000;

const cases = (SCREENSHOTS === undefined ? BROWSERS.slice(0, 1) : BROWSERS).flatMap((name) =>
  LANGUAGES.split(",").map((language) => [name, language] as const),
);

/** What the page takes the user's theme for. A popup hands its document over, a tab has it. */
function themeOf(looked: TestPopup | TestTab): Promise<Theme> {
  return looked.evaluate((page?: Document) => {
    const isDark = (page ?? document).defaultView?.matchMedia("(prefers-color-scheme: dark)").matches === true;
    return isDark ? "dark" : "light";
  });
}

describe.each(cases)("in %s, in %s,", { timeout: 120_000 }, (name, language) => {
  const chromium = { args: DOTS === "1" ? [] : [`--screen-info={2560x1800 devicePixelRatio=${DOTS}}`] };
  const options = { connected: false, language, policy: { limits: false }, chromium } as const;
  const texts = textsIn(language);

  /** What axe-core finds in both themes. */
  async function violationsOf(looked: TestPopup | TestTab, state: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [theme, rule] of THEMES) {
      await looked.setTheme(theme);
      await waitUntil(`the page is ${theme}`, SETTLED_MS, async () => (await themeOf(looked)) === theme || undefined);
      await picture(looked, `${name}-${language}-${theme}`, state);
      found.push(...(await looked.violations(rule)).map((violation) => `${theme}: ${violation}`));
    }
    return found;
  }

  /** The page as a screen reader is given it, once it is as expected or will not be; undefined where that is not compared. */
  async function treeOf({ tree }: TestPopup | TestTab, state: string): Promise<string | undefined> {
    if (tree === undefined || language !== "en") return undefined;
    const expected = await readFile(fileOf(state), "utf8").catch(() => "");
    let now = "";
    await waitUntil("the tree is as expected", SETTLED_MS, async () => {
      now = plainTree(await tree());
      return now === expected || undefined;
    }).catch(() => undefined);
    return now;
  }

  describe("the popup's state", () => {
    const alice = userIn(name, options);
    beforeAll(startOver);

    test.each(named(POPUP_STATES))("%s breaks no rule of accessibility, and reads as before", async (_, state) => {
      const scene = new Scene(alice(), texts);
      const popup = await state.show(scene);
      const found = await violationsOf(popup, state.name);
      const tree = await treeOf(popup, state.name);
      await (state.leave?.(scene, popup) ?? scene.clear(popup));
      expect(found).toEqual([]);
      if (tree !== undefined) await expect(tree).toMatchFileSnapshot(fileOf(state.name));
    });
  });

  describe("the page's state", () => {
    const alice = userIn(name, options);

    test.each(named(OPTIONS_STATES))("%s breaks no rule of accessibility, and reads as before", async (_, state) => {
      const tab = await state.show(new Scene(alice(), texts));
      if (state.part !== undefined) await note(tab, `${name}-${language}`, state.name, state.part);
      const found = await violationsOf(tab, state.name);
      const tree = await treeOf(tab, state.name);
      await tab.close();
      expect(found).toEqual([]);
      if (tree !== undefined) await expect(tree).toMatchFileSnapshot(fileOf(state.name));
    });
  });
});

test("There is an accessibility tree of each state, and no other.", async () => {
  const names = [...POPUP_STATES, ...OPTIONS_STATES].map((state) => `${state.name}.txt`);
  expect((await readdir(TREES)).sort()).toEqual(names.sort());
});

function fileOf(state: string): string {
  return join(TREES, `${state}.txt`);
}

function named<T extends { readonly name: string }>(states: readonly T[]): readonly (readonly [string, T])[] {
  return states.map((state) => [state.name, state]);
}

async function picture(looked: TestPopup | TestTab, folder: string, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  await mkdir(join(SCREENSHOTS, folder), { recursive: true });
  await looked.screenshot(join(SCREENSHOTS, folder, `${name}.png`));
}

/** Notes beside the pictures where on them a part of the page is. */
async function note(tab: TestTab, folder: string, name: string, part: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  const place = await tab.evaluate((css) => {
    const { x, y, width, height } = document.querySelector(css)?.getBoundingClientRect() ?? new DOMRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  }, part);
  await mkdir(join(SCREENSHOTS, `${folder}-light`), { recursive: true });
  await writeFile(join(SCREENSHOTS, `${folder}-light`, `${name}.json`), JSON.stringify(place));
}
