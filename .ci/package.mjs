/** Packs the built extensions for the stores: dist/mesh-confirm-chrome-VERSION.zip and the same for Firefox. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { zip } from "./zip.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

for (const browser of ["chrome", "firefox"]) {
  const folder = join(ROOT, "dist", browser);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const contents = files.map((file) => [file.split(sep).join("/"), contentOf(browser, join(folder, file))]);
  const bytes = zip(Object.fromEntries(contents));
  const name = `dist/mesh-confirm-${browser}-${version}.zip`;
  writeFileSync(join(ROOT, name), bytes);
  console.log(`${name}  ${bytes.length} bytes  sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
}

/** The store gives its own key and refuses an upload that has one; ours fixes the id of an unpacked extension. */
function contentOf(browser, file) {
  const bytes = readFileSync(file);
  if (browser !== "chrome" || !file.endsWith(`${sep}manifest.json`)) return bytes;
  const { key: _key, ...manifest } = JSON.parse(bytes.toString("utf8"));
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}
