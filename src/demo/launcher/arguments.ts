/** The options of `npm start`. */
import { parseArgs } from "node:util";
import { LauncherError } from "./launcher-error.ts";

export interface LaunchOptions {
  /** Without a window: the demo makes the payment itself. */
  readonly headless: boolean;
  /** Keep everything running after the payment. */
  readonly stay: boolean;
  readonly firefox: boolean;
  readonly help: boolean;
}

export const HELP = `The Bank of Ethel, with a broker and a browser that has the co-browser in it.

  npm start                  opens the browser, and says what to do
  npm start -- --headless    without a window: makes a payment itself, prints how it went, and ends with 0 or 1
  npm start -- --stay        without a window: goes on running after the payment, until Ctrl-C
  npm start -- --firefox     in Firefox instead of Chromium
  npm start -- --help        prints this

Where there is no display, and in continuous integration (CI is set), --headless is the default.
CHROMIUM_PATH and FIREFOX_PATH name browsers that are not in the usual places.
Pictures, receipt, transcript and logs are written to dist/demo. Everything else goes when the demo ends.`;

/** @throws LauncherError `usage` */
export function readArguments(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): LaunchOptions {
  const flag = { type: "boolean", default: false } as const;
  try {
    const options = { headless: flag, stay: flag, firefox: flag, help: flag };
    const { values } = parseArgs({ args: [...args], options });
    return { ...values, headless: values.headless || !hasDisplay(env, platform) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new LauncherError("usage", `${reason}.`, "See npm start -- --help.");
  }
}

function hasDisplay(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  if (isSet("CI")) return false;
  return platform === "darwin" || platform === "win32" || isSet("DISPLAY") || isSet("WAYLAND_DISPLAY");
}
