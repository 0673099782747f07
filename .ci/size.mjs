/**
 * Says how much there is to read in the extension: the bytes of dist/chrome by folder, and the lines of our own code
 * that its entry points reach: those that run, and those with what is imported as a type alone. Blank lines and comments do not count; generated tables are apart.
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
const parts = [...new Set(files.map(({ name }) => partOf(name)))]
  .map((name) => ({ name, members: files.filter((file) => partOf(file.name) === name) }))
  .map(({ name, members }) => ({ name, size: sum(members, "size"), packed: sum(members, "packed") }))
  .sort((a, b) => b.size - a.size);
const running = reachable(ENTRIES, false);
const reached = [...reachable(ENTRIES, true)]
  .sort()
  .map((file) => ({ name: relative(ROOT, file), ...linesOfCode(file), runs: running.has(file) }));
const generated = reached.filter(({ name }) => name.endsWith(".generated.ts"));
const own = reached.filter(({ name }) => !name.endsWith(".generated.ts"));
const folders = [...new Set(own.map(folderOf))].map((name) => {
  const members = own.filter((file) => folderOf(file) === name);
  const runs = members.filter((file) => file.runs);
  return { name, files: members.length, lines: sum(members, "lines"), runs: sum(runs, "lines") };
});
if (process.argv.includes("--json")) console.log(JSON.stringify({ files, parts, folders, generated }, undefined, 2));
else printAll();

function printAll() {
  console.log("Bytes of dist/chrome, and gzipped:");
  for (const { name, size, packed } of parts) print(size, packed, name);
  print(sum(files, "size"), sum(files, "packed"), "all");
  console.log("\nLines of our own code that the entry points reach: that run, and with types and doorways:");
  for (const { name, lines, runs, files: count } of folders) print(runs, lines, `${name}, ${count} files`);
  print(sum(folders, "runs"), sum(own, "lines"), `all, ${own.length} files`);
  const running = own.filter(({ runs }) => runs);
  print(sum(running, "imports"), sum(own, "imports"), "of these imports and re-exports");
  print(sum(running, "types"), sum(own, "types"), "of these declarations of types");
  print(
    sum(
      generated.filter(({ runs }) => runs),
      "lines",
    ),
    sum(generated, "lines"),
    "generated tables, apart",
  );
}

function print(first, second, name) {
  console.log(`${String(first).padStart(9)} ${String(second).padStart(9)}  ${name}`);
}

function sum(rows, column) {
  return rows.reduce((total, row) => total + row[column], 0);
}

/** A library, or a folder of ours, whose files are counted as one. */
function partOf(file) {
  return /^(?:src\/extension\/[^/]+|src\/[^/]+|lib\/[^/]+|[^/]+)(?=\/)/.exec(file.replaceAll("\\", "/"))?.[0] ?? file;
}

function folderOf({ name }) {
  return /^src\/extension\/[^/]+(?=\/)|^src\/[^/]+/.exec(name)?.[0] ?? name;
}

/**
 * All files that the entries import by relative paths, directly or not. Through a doorway, a file of nothing but
 * re-exports, an import leads to the files that define its names, and to no others.
 *
 * @param withTypes whether imports of types count, and the doorways themselves, which are read but do not run
 */
function reachable(entries, withTypes) {
  const found = new Set();
  const passed = new Set();
  const visit = (file, names) => {
    const { statements } = parse(file);
    if (statements.every((one) => ts.isExportDeclaration(one) && one.moduleSpecifier !== undefined)) {
      if (withTypes) found.add(file);
      const fresh = names.filter((name) => !passed.has(`${file} ${name}`));
      fresh.forEach((name) => passed.add(`${file} ${name}`));
      if (fresh.length > 0) statements.forEach((statement) => follow(file, statement, fresh));
    } else if (!found.has(file)) {
      found.add(file);
      statements.forEach((statement) => follow(file, statement, undefined));
    }
  };
  const follow = (file, statement, wanted) => {
    const specifier = statement.moduleSpecifier?.text;
    if (!specifier?.startsWith(".") || !specifier.endsWith(".ts")) return;
    const names = namesOf(statement, wanted, withTypes);
    if (names.length > 0) visit(resolve(dirname(file), specifier), names);
  };
  entries.forEach((entry) => visit(entry, ["*"]));
  return found;
}

/** What a statement takes from its module: names, or `*` for all; of a re-export only what is `wanted` of it. */
function namesOf(statement, wanted, withTypes) {
  const clause = statement.importClause ?? statement.exportClause;
  if (!withTypes && (statement.isTypeOnly || statement.importClause?.isTypeOnly)) return [];
  if (clause === undefined) return wanted ?? ["*"];
  const elements = (clause.namedBindings ?? clause).elements;
  if (elements === undefined || clause.name !== undefined) return ["*"];
  return elements
    .filter((one) => withTypes || !one.isTypeOnly)
    .filter((one) => wanted === undefined || wanted.includes("*") || wanted.includes(one.name.text))
    .map((one) => (one.propertyName ?? one.name).text);
}

/** Lines on which a token stands; of them those of imports and re-exports, and those of declarations of types. */
function linesOfCode(file) {
  const source = parse(file);
  const lines = { lines: new Set(), imports: new Set(), types: new Set() };
  const visit = (node, kind) => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    if (children.length > 0) return children.forEach((child) => visit(child, kind ?? kindOf(child)));
    if (node.getWidth(source) === 0) return;
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line += 1) [lines.lines, lines[kind]].forEach((set) => set?.add(line));
  };
  visit(source);
  return { lines: lines.lines.size, imports: lines.imports.size, types: lines.types.size };
}

function kindOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return "imports";
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ? "types" : undefined;
}

function parse(file) {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2023, true);
}
