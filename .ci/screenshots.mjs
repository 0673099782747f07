/**
 * Takes a picture of every state of the popup and the settings, in both browsers and both themes, into dist/screenshots:
 *
 *     npm run screenshots
 *     npm run screenshots -- --browser Firefox --languages en,ar,ja
 *
 * It is the test of every state, with pictures: what breaks a rule of accessibility fails here too.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDER = join(ROOT, "dist/screenshots");

const { values } = parseArgs({
  options: { browser: { type: "string", default: "" }, languages: { type: "string", default: "en,ar" } },
});
rmSync(FOLDER, { recursive: true, force: true });
const env = { ...process.env, SCREENSHOTS: FOLDER, LANGUAGES: values.languages };
const args = ["run", "--project", "browser", "test/browser/states.test.ts", "-t", `in ${values.browser}`];
const { status } = spawnSync(join(ROOT, "node_modules/.bin/vitest"), args, { cwd: ROOT, env, stdio: "inherit" });
console.log(`The pictures are in ${FOLDER}.`);
process.exit(status ?? 1);
