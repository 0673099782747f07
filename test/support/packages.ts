/**
 * What is shipped, as tests see it: the archives of `npm run package`. For the tests of the browsers they are made once
 * before the first of them and unzipped into `dist/unpacked`, and Firefox is started once. Chrome's has no key, so its extension's id is found, not known.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { compileFirefox } from "./compiled-firefox.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const DIST = join(ROOT, "dist");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };

export const BROWSERS = ["chrome", "firefox"] as const;
export type PackageName = (typeof BROWSERS)[number];

/** The file name of an archive. */
export function archiveName(name: PackageName | "source"): string {
  return `mesh-confirm-${name}-${version}.zip`;
}

/** The archive that the tests of the browsers load. */
export function archiveOf(browser: PackageName): string {
  return join(DIST, archiveName(browser));
}

/** Writes the archives of what is built, and their sums, into a folder. */
export function writePackages(folder: string): void {
  for (const browser of BROWSERS) {
    if (!existsSync(join(DIST, browser))) throw new Error(`There is no dist/${browser}. Run npm run build first.`);
  }
  execFileSync(process.execPath, [join(ROOT, ".ci/package.mjs"), folder]);
}

/** The files of an archive: name with forward slashes -> bytes. */
export function readArchive(file: string): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(readFileSync(file))));
}

/** Unzips an archive into a folder, which is made. */
export function unpack(file: string, folder: string): void {
  for (const [name, content] of readArchive(file)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** The folder with what is in the archive. */
export function unpackedFolder(browser: PackageName): string {
  return join(DIST, "unpacked", browser);
}

/** Runs once, before the tests of the browsers. */
export default async function unpackPackages(): Promise<void> {
  writePackages(DIST);
  for (const browser of BROWSERS) {
    rmSync(unpackedFolder(browser), { recursive: true, force: true });
    unpack(archiveOf(browser), unpackedFolder(browser));
  }
  await compileFirefox(unpackedFolder("firefox"));
}
