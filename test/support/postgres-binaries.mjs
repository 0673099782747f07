/** Finds PostgreSQL's server on this machine, and installs Debian's where that is possible without asking. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installOnDebian } from "./debian.mjs";

const OLDEST = 15;
const DEBIAN = "/usr/lib/postgresql";

/** The folder with `postgres` and `initdb` of version 15 or later, the newest first; undefined where there is none. */
export function findPostgres() {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin")) : [];
  return [...debian, ...(process.env.PATH ?? "").split(delimiter)]
    .filter((folder) => existsSync(join(folder, "postgres")) && existsSync(join(folder, "initdb")))
    .map((folder) => ({ folder, version: versionIn(folder) }))
    .filter(({ version }) => version >= OLDEST)
    .sort((one, other) => other.version - one.version)[0]?.folder;
}

function versionIn(folder) {
  try {
    const said = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8" });
    return Number(/ (\d+)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Installs it where it is missing and we may. */
export function ensurePostgres() {
  if (findPostgres() !== undefined) return;
  installOnDebian("postgresql", `PostgreSQL ${OLDEST} or later`);
}
