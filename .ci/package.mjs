/**
 * Packs what goes to the stores into dist: mesh-confirm-chrome-VERSION.zip and the same for Firefox, each with the notices
 * and the bill of materials of what others made of it, the source archive from which Mozilla's reviewers build, and
 * SHA256SUMS of the three. An argument names another folder than dist to write to.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { billOfMaterials } from "./sbom.mjs";
import { sourceFiles } from "./source-files.mjs";
import { notices, thirdParties } from "./third-parties.mjs";
import { zip } from "./zip.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const OUT = resolve(process.argv[2] ?? join(ROOT, "dist"));
const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

const sums = Object.entries({ chrome: extension("chrome"), firefox: extension("firefox"), source: source() }).map(
  ([name, files]) => {
    const archive = `mesh-confirm-${name}-${own.version}.zip`;
    const bytes = zip(files);
    writeFileSync(join(OUT, archive), bytes);
    return `${createHash("sha256").update(bytes).digest("hex")}  ${archive}\n`;
  },
);
writeFileSync(join(OUT, "SHA256SUMS"), sums.join(""));
process.stdout.write(sums.join(""));

/** The built files, and what has to go with them. */
function extension(browser) {
  const folder = join(ROOT, "dist", browser);
  const parties = thirdParties(ROOT, readdirSync(join(folder, "lib")));
  const built = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return {
    ...Object.fromEntries(built.map((file) => [file, readFileSync(join(folder, file))])),
    "manifest.json": manifest(browser, join(folder, "manifest.json")),
    LICENSE: readFileSync(join(ROOT, "LICENSE")),
    "THIRD-PARTY-NOTICES.txt": Buffer.from(notices(parties)),
    "sbom.cdx.json": json(billOfMaterials(own, parties)),
  };
}

/** The store gives its own key and refuses an upload that has one; ours fixes the id of an unpacked extension. */
function manifest(browser, file) {
  const bytes = readFileSync(file);
  if (browser !== "chrome") return bytes;
  const { key: _key, ...rest } = JSON.parse(bytes.toString("utf8"));
  return json(rest);
}

function source() {
  return Object.fromEntries(sourceFiles(ROOT).map((file) => [file, readFileSync(join(ROOT, file))]));
}

function json(value) {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
