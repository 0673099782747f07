/**
 * The browser's interface as far as parts of the extension need it, for tests in Node: names, words, and storage in memory. To be
 * imported before anything of `src/extension`, which looks for it as soon as it is loaded.
 */
import { readFileSync } from "node:fs";

export const EXTENSION_ID = "mesh-confirm@test";

const kept = new Map<string, unknown>();

let words: Readonly<Record<string, { readonly message: string }>> = {};
let uiLanguage = "en";

const api = {
  i18n: {
    getMessage: (key: string, [first = ""]: readonly string[] = []) => words[key]?.message.replace("$1", first) ?? "",
    getUILanguage: () => uiLanguage,
  },
  runtime: { id: EXTENSION_ID, getURL: (path: string) => `extension://${EXTENSION_ID}/${path}` },
  storage: {
    local: {
      get: (key: string) => Promise.resolve(kept.has(key) ? { [key]: kept.get(key) } : {}),
      set: (values: object) => {
        for (const [key, value] of Object.entries(values)) kept.set(key, value);
        return Promise.resolve();
      },
    },
  },
};
// Chrome's name is looked for in both browsers.
for (const name of ["browser", "chrome"]) Reflect.set(globalThis, name, api);

/** What is kept of the settings. */
export const keptSettings: ReadonlyMap<string, unknown> = kept;

/** Has the browser take its words from a folder of `_locales`, and call its own language something. */
export function speak(folder: string, language: string): void {
  const file = new URL(`../../public/_locales/${folder}/messages.json`, import.meta.url);
  words = JSON.parse(readFileSync(file, "utf8")) as typeof words;
  uiLanguage = language;
}
