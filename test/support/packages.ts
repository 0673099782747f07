/**
 * What is shipped, as the tests of the browsers load it: the archives of `npm run package`, made once before the first
 * test from what is built, and unzipped into `dist/unpacked`. Chrome's has no key, so its extension's id is found, not known.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { unzip } from "./unzip.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };

export const BROWSERS = ["chrome", "firefox"] as const;
export type PackageName = (typeof BROWSERS)[number];

/** The archive of a browser. */
export function archiveOf(browser: PackageName): string {
  return join(ROOT, "dist", `mesh-confirm-${browser}-${version}.zip`);
}

/** The folder with what is in the archive. */
export function unpackedFolder(browser: PackageName): string {
  return join(ROOT, "dist/unpacked", browser);
}

/** Writes the archives from what is built. */
export function writePackages(): void {
  execFileSync(process.execPath, [join(ROOT, ".ci/package.mjs")]);
}

/** Runs once, before the tests of the browsers. */
export default function unpackPackages(): void {
  for (const browser of BROWSERS) {
    if (!existsSync(join(ROOT, "dist", browser)))
      throw new Error(`There is no dist/${browser}. Run npm run build first.`);
  }
  writePackages();
  for (const browser of BROWSERS) {
    rmSync(unpackedFolder(browser), { recursive: true, force: true });
    for (const [name, content] of unzip(readFileSync(archiveOf(browser)))) {
      const file = join(unpackedFolder(browser), name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}
