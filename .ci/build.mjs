/**
 * Builds all that runs: the extension into dist/chrome and dist/firefox, the rest into dist/node, with the `confirm`
 * command linked into node_modules/.bin. With --if-stale it does so only when a source has changed since the last time.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { notices, thirdParties } from "./third-parties.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const STAMP = join(ROOT, "dist/.stamp");
const COMMAND_FOLDER = join(ROOT, "dist/node/cli");
const COMMAND = join(COMMAND_FOLDER, "confirm.js");
const LINK = join(ROOT, "node_modules/.bin/confirm");
const SOURCES = ["src", "public", "manifest.json", "vite.config.ts", "tsconfig.json", "tsconfig.build.json"];
const TOOLS = ["package.json", "package-lock.json", ".ci/build.mjs", ".ci/third-parties.mjs"];
/** Read at run time beside the compiled code. */
const ASSETS = new Set([".html", ".css", ".svg", ".sql", ".mjs"]);

/** Packages that are JavaScript alone and are read at each start: many small files, and CommonJS, for which Node starts more. */
const JOINED = ["commander", "jose", "saxes", "ws", "xmlchars"];

const stamp = hashOf([...SOURCES, ...TOOLS]);
if (process.argv.includes("--if-stale") && isBuilt()) process.exit(0);

const started = performance.now();
for (const folder of ["chrome", "firefox", "node"])
  fs.rmSync(join(ROOT, "dist", folder), { recursive: true, force: true });
fs.rmSync(STAMP, { force: true });
const steps = [
  tool("vite", "bin/vite.js", ["build", "--mode", "chrome", "--logLevel", "warn"]),
  tool("vite", "bin/vite.js", ["build", "--mode", "firefox", "--logLevel", "warn"]),
  tool("typescript", "bin/tsc", ["-p", "tsconfig.build.json"]),
];
if (!(await Promise.all(steps)).every(Boolean)) {
  console.error("The build failed.");
  process.exit(1);
}
for (const browser of ["chrome", "firefox"]) shortenTexts(join(ROOT, "dist", browser, "_locales"));
copyAssets();
await writeSchema();
await joinCommand();
linkCommand();
fs.writeFileSync(STAMP, stamp);
console.log(`Built dist/chrome, dist/firefox and dist/node in ${((performance.now() - started) / 1000).toFixed(1)} s.`);

function isBuilt() {
  return (
    fs.existsSync(STAMP) && fs.readFileSync(STAMP, "utf8") === stamp && fs.existsSync(COMMAND) && fs.existsSync(LINK)
  );
}

/** Runs a package's own program; what it prints is shown when it has ended, so that two do not mix. */
function tool(packageName, program, args) {
  const child = spawn(process.execPath, [join(ROOT, "node_modules", packageName, program), ...args], { cwd: ROOT });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  return new Promise((done) => {
    child.on("close", (code) => {
      process.stderr.write(Buffer.concat(output));
      done(code === 0);
    });
  });
}

/** A text a line, without what translators alone are told: that stays in the source. */
function shortenTexts(locales) {
  for (const language of fs.readdirSync(locales)) {
    const file = join(locales, language, "messages.json");
    const texts = Object.entries(JSON.parse(fs.readFileSync(file, "utf8")));
    const lines = texts.map(([key, { description: _, ...text }]) => `${JSON.stringify(key)}: ${JSON.stringify(text)}`);
    fs.writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
  }
}

function copyAssets() {
  for (const file of filesUnder("src")) {
    if (!ASSETS.has(extname(file)) || file.startsWith("src/extension/")) continue;
    const copy = join(ROOT, "dist/node", relative("src", file));
    fs.mkdirSync(dirname(copy), { recursive: true });
    fs.copyFileSync(join(ROOT, file), copy);
  }
}

/** The JSON Schema of every message, from the shapes that the code reads them by. */
async function writeSchema() {
  const { wireSchema } = await import(pathToFileURL(join(ROOT, "dist/node/receipt/wire-schema.js")).href);
  fs.writeFileSync(join(ROOT, "dist/node/schema.json"), `${JSON.stringify(wireSchema(), null, 2)}\n`);
}

/**
 * Puts the command's modules together into a few files, where they were, with what it takes from npm at each start, and the
 * notices of that. A start reads 3 files then, not 260, and takes half of the processor's time.
 */
async function joinCommand() {
  const { build } = await import("vite");
  const joined = join(ROOT, "dist/node/joined");
  const { output } = await build({
    configFile: false,
    logLevel: "warn",
    root: ROOT,
    ssr: { noExternal: JOINED },
    build: {
      ssr: COMMAND,
      outDir: joined,
      target: "node20",
      minify: false,
      copyPublicDir: false,
      rolldownOptions: { output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" } },
    },
  });
  fs.rmSync(COMMAND_FOLDER, { recursive: true });
  fs.renameSync(joined, COMMAND_FOLDER);
  const modules = output.flatMap(({ moduleIds = [] }) => moduleIds);
  const packages = new Set(
    modules.flatMap((id) => /(?:\/node_modules\/|^\0(?=rolldown\/))((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []),
  );
  fs.writeFileSync(join(COMMAND_FOLDER, "THIRD-PARTY-NOTICES.txt"), notices(thirdParties(ROOT, packages)));
}

/** npm links the commands of dependencies, not a package's own. */
function linkCommand() {
  fs.chmodSync(COMMAND, 0o755);
  fs.mkdirSync(dirname(LINK), { recursive: true });
  fs.rmSync(LINK, { force: true });
  const target = relative(dirname(LINK), COMMAND);
  if (process.platform !== "win32") return fs.symlinkSync(target, LINK);
  fs.writeFileSync(LINK, `#!/bin/sh\nexec node "$(dirname "$0")/${target.replaceAll("\\", "/")}" "$@"\n`);
  fs.writeFileSync(`${LINK}.cmd`, `@node "%~dp0\\${target}" %*\r\n`);
}

function hashOf(paths) {
  const hash = createHash("sha256").update(process.version);
  for (const file of paths.flatMap(filesUnder)) hash.update(`\0${file}\0`).update(fs.readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** The files of a folder, or the file itself, as sorted paths from the root with forward slashes. */
function filesUnder(path) {
  if (!fs.statSync(join(ROOT, path)).isDirectory()) return [path];
  return fs
    .readdirSync(join(ROOT, path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}
