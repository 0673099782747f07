/**
 * The browser's interface as far as parts of the background need it, for tests in Node: names, and storage in memory. To be imported
 * before anything of `src/extension`, which looks for it as soon as it is loaded.
 */
export const EXTENSION_ID = "mesh-confirm@test";

const kept = new Map<string, unknown>();

const api = {
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
