/**
 * What the source archive holds: the files that git tracks, and where this is no clone, as in the unpacked archive itself,
 * all but what `.gitignore` names. Both are the same files, so whoever unpacks the archive can pack it again.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The paths, from the root, with forward slashes. */
export function sourceFiles(root) {
  if (!existsSync(join(root, ".git"))) return unignored(root);
  // Whose folder it is does not matter: git is asked for names only.
  const names = execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { cwd: root, encoding: "utf8" });
  return names.split("\0").filter((name) => name !== "" && existsSync(join(root, name)));
}

/** Understands the two kinds of lines that our `.gitignore` has: `folder/` and `*.ending`. */
function unignored(root) {
  const lines = readFileSync(join(root, ".gitignore"), "utf8").split("\n").filter(Boolean);
  const isIgnored = (name) =>
    lines.some((line) => (line.startsWith("*") ? name.endsWith(line.slice(1)) : name === line));
  const walk = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}${entry.name}`;
      if (isIgnored(entry.isDirectory() ? `${entry.name}/` : entry.name)) return [];
      return entry.isDirectory() ? walk(`${path}/`) : [path];
    });
  return walk("");
}
