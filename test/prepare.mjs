/** What `npm test` calls first: installs the packages, browsers and servers that the tests need and this machine lacks. */
import { resolve } from "node:path";
import { ensureBrowsers } from "../src/demo/prepare/browsers.mjs";
import { ensureDependencies } from "../src/demo/prepare/dependencies.mjs";
import { ensureNginx } from "./support/nginx-binary.mjs";
import { ensurePostgres } from "./support/postgres-binaries.mjs";

ensureDependencies(resolve(import.meta.dirname, ".."));
ensureBrowsers();
ensurePostgres();
ensureNginx();
