/**
 * Draws rows of docs/conformance.md and looks that what they say is so: the row's test fails when the row's function is
 * taken away. Ends with 0 if it was so for every row.
 *
 * usage: npm run conformance -- [--rows N | --all | --only NAME,NAME] [--seed N]
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
const CELLS = 6;

/** The rows of the tables, each with its line. */
export function readRows() {
  const lines = readFileSync(join(ROOT, "docs/conformance.md"), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (!line.startsWith("| ") || line.startsWith("| section ") || /^\| -+ \|/.test(line)) return [];
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [section, defines, members, file, name, test] = cells;
    const code = (cell) => cell?.replaceAll("`", "") ?? "";
    const whole = cells.length === CELLS && cells.every((cell) => cell !== "");
    return [
      { line: index + 1, whole, section, defines, members, file: code(file), name: code(name), test: code(test) },
    ];
  });
}

/** Runs the row's test without the row's function. @returns whether it failed, and what it printed */
export function tryRow({ file, name, test }) {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "test/docs/stub.config.mjs", "--maxWorkers=1", test];
  const folder = mkdtempSync(join(tmpdir(), "confirm-stub-"));
  const used = join(folder, "used");
  const env = { ...process.env, STUB_FILE: join(ROOT, file), STUB_NAME: name, STUB_USED: used };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = [];
  child.stdout.on("data", (piece) => output.push(piece));
  child.stderr.on("data", (piece) => output.push(piece));
  return new Promise((done) => {
    child.on("close", (code) => {
      const text = Buffer.concat(output).toString();
      // A test that is not found fails as well, and so does one that never gets to the function: neither shows anything.
      const failed = code === 1 && existsSync(used) && text.includes("FAIL");
      rmSync(folder, { recursive: true });
      done({ failed, text });
    });
  });
}

/** `count` different rows, drawn by the seed (a linear congruence is random enough for that). */
export function draw(rows, count, seed) {
  const left = [...rows];
  const drawn = [];
  let state = seed >>> 0;
  while (drawn.length < count && left.length > 0) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    drawn.push(...left.splice(Math.floor((state / 2 ** 32) * left.length), 1));
  }
  return drawn;
}

async function main() {
  const { values } = parseArgs({
    options: {
      ...{ rows: { type: "string" }, seed: { type: "string" }, all: { type: "boolean" } },
      only: { type: "string" },
    },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  const rows = readRows();
  const chosen = values.only === undefined ? rows : rows.filter(({ name }) => values.only?.split(",").includes(name));
  const isAll = values.all === true || values.only !== undefined;
  const drawn = isAll ? chosen : draw(rows, Number(values.rows ?? 5), seed);
  if (!isAll) console.log(`${drawn.length} of ${rows.length} rows, drawn with --seed ${seed}`);
  let wrong = 0;
  const seen = new Map();
  for (const row of drawn) {
    const key = `${row.file} ${row.name} ${row.test}`;
    const { failed, text } = seen.get(key) ?? (await tryRow(row));
    seen.set(key, { failed, text: "" });
    console.log(`${failed ? "ok   " : "WRONG"} line ${row.line}: ${row.section}: ${row.test} without ${row.name}`);
    if (!failed) {
      wrong += 1;
      console.log(text.slice(-2000));
    }
  }
  process.exit(wrong === 0 ? 0 : 1);
}

if (process.argv[1] === import.meta.filename) await main();
