/** The path of a Chromium or Chrome, `CHROMIUM_PATH` before all others, or undefined. */
export function findChromium(): string | undefined;

/** The path of a Firefox, `FIREFOX_PATH` before all others, or undefined. */
export function findFirefox(): string | undefined;

/** Installs the browsers that are missing where it can, says how where it cannot; returns what there is then. */
export function ensureBrowsers(): { readonly chromium: string | undefined; readonly firefox: string | undefined };
