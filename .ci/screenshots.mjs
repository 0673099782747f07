/**
 * Takes a picture of every state of the popup and the settings, in both browsers and both themes, into dist/screenshots:
 *
 *     npm run screenshots
 *     npm run screenshots -- --browser Firefox --languages en,ar,ja
 *     npm run screenshots -- --store
 *
 * It is the test of every state, with pictures: what breaks a rule of accessibility fails here too. With --store it makes
 * the pictures of docs/store/images and of the README anew.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureFonts } from "./fonts.mjs";
import { NEEDED, STORE_ENV, storePictures } from "./store-pictures.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDER = join(ROOT, "dist/screenshots");

const { values } = parseArgs({
  options: {
    browser: { type: "string", default: "" },
    languages: { type: "string", default: "en,ar" },
    store: { type: "boolean", default: false },
  },
});
// A folder of words is called pt_BR, a language pt-BR; a browser would send the former with each call, and no broker takes it.
const languages = values.languages.replaceAll("_", "-");
ensureFonts(languages.split(","));
rmSync(FOLDER, { recursive: true, force: true });
const env = { ...process.env, SCREENSHOTS: FOLDER, LANGUAGES: languages, ...(values.store ? STORE_ENV : {}) };
const filter = values.store ? NEEDED : `in ${values.browser}`;
const args = ["run", "--project", "browser", "test/browser/states.test.ts", "-t", filter];
const { status } = spawnSync(join(ROOT, "node_modules/.bin/vitest"), args, { cwd: ROOT, env, stdio: "inherit" });
if (status === 0 && values.store) await storePictures(FOLDER);
console.log(`The pictures are in ${FOLDER}.`);
process.exit(status ?? 1);
