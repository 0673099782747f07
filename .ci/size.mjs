/**
 * Says how much there is to read in the extension: the bytes of each file of dist/chrome, and the lines of our own code
 * that its entry points reach, type imports included. Blank lines and comments do not count; generated tables are apart.
 * With --json it prints the same as data.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import ts from "typescript";

const ROOT = resolve(import.meta.dirname, "..");
const BUILT = join(ROOT, "dist/chrome");
const ENTRIES = ["background", "popup", "options"].map((name) => join(ROOT, "src/extension", name, "index.ts"));

const files = readdirSync(BUILT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((file) => ({ name: relative(BUILT, file), bytes: readFileSync(file) }))
  .map(({ name, bytes }) => ({ name, size: bytes.length, packed: gzipSync(bytes).length }))
  .sort((a, b) => b.size - a.size);
const reached = [...reachable(ENTRIES)]
  .sort()
  .map((file) => ({ name: relative(ROOT, file), lines: linesOfCode(file) }));
const generated = reached.filter(({ name }) => name.endsWith(".generated.ts"));
const own = reached.filter(({ name }) => !name.endsWith(".generated.ts"));
const folders = [...new Set(own.map(folderOf))].map((name) => {
  const members = own.filter((file) => folderOf(file) === name);
  return { name, files: members.length, lines: sum(members, "lines") };
});
if (process.argv.includes("--json")) console.log(JSON.stringify({ files, folders, generated }, undefined, 2));
else printAll();

function printAll() {
  console.log("Bytes of dist/chrome, and gzipped:");
  for (const { name, size, packed } of files) print(size, packed, name);
  print(sum(files, "size"), sum(files, "packed"), "all");
  console.log("\nLines of our own code that the extension's entry points reach:");
  for (const { name, lines, files: count } of folders) print(lines, `${count} files`, name);
  print(sum(own, "lines"), `${own.length} files`, "all");
  print(sum(generated, "lines"), `${generated.length} files`, "generated tables, apart");
}

function print(first, second, name) {
  console.log(`${String(first).padStart(9)} ${String(second).padStart(9)}  ${name}`);
}

function sum(rows, column) {
  return rows.reduce((total, row) => total + row[column], 0);
}

function folderOf({ name }) {
  return /^src\/extension\/[^/]+(?=\/)|^src\/[^/]+/.exec(name)?.[0] ?? name;
}

/** All files that the entries import by relative paths, directly or not. */
function reachable(entries) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const statement of parse(file).statements) {
      const specifier = statement.moduleSpecifier?.text;
      if (specifier?.startsWith(".") && specifier.endsWith(".ts")) visit(resolve(dirname(file), specifier));
    }
  };
  entries.forEach(visit);
  return found;
}

/** Lines on which a token stands. */
function linesOfCode(file) {
  const source = parse(file);
  const lines = new Set();
  const visit = (node) => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    if (children.length > 0) return children.forEach(visit);
    if (node.getWidth(source) === 0) return;
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line += 1) lines.add(line);
  };
  visit(source);
  return lines.size;
}

function parse(file) {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2023, true);
}
