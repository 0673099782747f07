/** What `npm test` calls first: installs the packages and browsers that the tests need and this machine lacks. */
import { resolve } from "node:path";
import { ensureBrowsers } from "../src/demo/prepare/browsers.mjs";
import { ensureDependencies } from "../src/demo/prepare/dependencies.mjs";

ensureDependencies(resolve(import.meta.dirname, ".."));
ensureBrowsers();
