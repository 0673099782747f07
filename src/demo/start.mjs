/**
 * What `npm start` calls: installs what is missing, builds when a source has changed, then becomes the launcher, which
 * finds the browsers' paths in the environment. Node's own modules only.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBrowsers } from "./prepare/browsers.mjs";
import { ensureDependencies } from "./prepare/dependencies.mjs";

const ROOT = resolve(import.meta.dirname, "../..");

ensureDependencies(ROOT);
const { chromium, firefox } = ensureBrowsers();
if (chromium !== undefined) process.env.CHROMIUM_PATH = chromium;
if (firefox !== undefined) process.env.FIREFOX_PATH = firefox;

const build = spawnSync(process.execPath, [join(ROOT, ".ci/build.mjs"), "--if-stale"], { cwd: ROOT, stdio: "inherit" });
if (build.status !== 0) process.exit(build.status ?? 1);

await import(pathToFileURL(join(ROOT, "dist/node/demo/launch.js")).href);
