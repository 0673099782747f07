/** Reads what a driver needs to know of a built extension from its manifest. Refuses a folder that has none. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BrowserError } from "./browser-error.ts";

export interface ExtensionFolder {
  /** The popup's page, from the root of the extension. */
  readonly popup: string;
  /** The settings page, from the root of the extension. */
  readonly settings: string;
  /** The id that the manifest asks Firefox for; undefined in a build for Chromium. */
  readonly geckoId: string | undefined;
}

/**
 * Reads `folder`/manifest.json.
 *
 * @throws {BrowserError} `no_extension`
 */
export async function readExtensionFolder(folder: string): Promise<ExtensionFolder> {
  const manifest = await readManifest(join(folder, "manifest.json"));
  const popup = member(member(manifest, "action"), "default_popup");
  if (typeof popup !== "string") throw new BrowserError("no_extension", `${folder} has no popup in its manifest.`);
  const settings = member(member(manifest, "options_ui"), "page");
  if (typeof settings !== "string") throw new BrowserError("no_extension", `${folder} has no settings page.`);
  const id = member(member(member(manifest, "browser_specific_settings"), "gecko"), "id");
  return { popup, settings, geckoId: typeof id === "string" ? id : undefined };
}

async function readManifest(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    throw new BrowserError("no_extension", `${file} cannot be read. Run npm run build.`);
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
