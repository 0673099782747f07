/**
 * Puts the extension's button on the toolbar of a new profile, where its badge is seen; else it is behind the puzzle
 * piece until the user brings it out. It is the browser's own preference: nothing of the extension is touched.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** @param extension the folder of the built extension; @param profile a Chromium profile that was never used */
export async function showButton(extension: string, profile: string): Promise<void> {
  const manifest = await readFile(join(extension, "manifest.json"), "utf8");
  const key = /"key":\s*"([A-Za-z0-9+/=]+)"/.exec(manifest)?.[1];
  if (key === undefined) return;
  const folder = join(profile, "Default");
  await mkdir(folder, { recursive: true });
  const preferences = { extensions: { pinned_extensions: [idOf(key)] } };
  await writeFile(join(folder, "Preferences"), JSON.stringify(preferences));
}

/** Chromium's id of an extension: half of the SHA-256 of its key, in the letters a to p. */
function idOf(key: string): string {
  const hash = createHash("sha256").update(Buffer.from(key, "base64")).digest("hex").slice(0, 32);
  return hash.replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}
