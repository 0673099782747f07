/**
 * What others made of what is built: the packages whose modules are in it, and the Unicode data in our tables; and the
 * notices that their licences ask for. A package without the text of its licence ends the packing.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const UNICODE = {
  type: "data",
  name: "Unicode Character Database",
  version: "16.0.0",
  license: "Unicode-3.0",
  homepage: "https://www.unicode.org/ucd/",
  needs: [],
};

/**
 * Each as name, version, SPDX licence, home page, licence text, and for a package its hash and what it needs.
 *
 * @param names the packages
 */
export function thirdParties(root, names) {
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const packages = [...names].sort().map((name) => packageNamed(root, name, locked[`node_modules/${name}`]));
  return [...packages, { ...UNICODE, text: readFileSync(join(root, "docs/licenses/unicode.txt"), "utf8") }];
}

function packageNamed(root, name, { version, license, integrity, dependencies = {} }) {
  const folder = join(root, "node_modules", name);
  const { homepage, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return {
    type: "library",
    name,
    version,
    license: license.replaceAll(/[()]/g, ""),
    homepage: homepage ?? String(repository?.url ?? repository).replace(/^git\+|\.git$/g, ""),
    integrity,
    needs: Object.keys(dependencies),
    text: licenceText(root, folder, name),
  };
}

function licenceText(root, folder, name) {
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  // saxes has its licence in its repository, and not in its package.
  const own = join(root, `docs/licenses/${name}.txt`);
  const paths = files.length > 0 ? files.sort().map((file) => join(folder, file)) : [own].filter(existsSync);
  if (paths.length === 0) throw new Error(`There is no licence text of ${name}, which is in the package.`);
  return paths.map((path) => readFileSync(path, "utf8").replaceAll(/^\n+|\s+$/g, "")).join("\n\n");
}

/** The text file that is packed. */
export function notices(parties) {
  const rule = "=".repeat(80);
  const chapters = parties.map(
    ({ name, version, license, homepage, text }) =>
      `${rule}\n${name} ${version}\n${license}\n${homepage}\n${rule}\n\n${text.trimEnd()}\n`,
  );
  return ["This package contains the following works of others, under the licences below.\n", ...chapters].join("\n");
}
