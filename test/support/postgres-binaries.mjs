/** Finds PostgreSQL's server on this machine, and installs Debian's where that is possible without asking. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

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

/** Installs it where it is missing and we may: as root on Debian. Elsewhere its tests say that they are skipped. */
export function ensurePostgres() {
  if (findPostgres() !== undefined) return;
  if (process.getuid?.() !== 0 || !isDebian()) {
    console.error(
      `PostgreSQL ${OLDEST} or later not found: its tests are skipped. On Debian: apt-get install postgresql`,
    );
    return;
  }
  console.error("Installing PostgreSQL: apt-get install -y postgresql");
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "postgresql"]]) {
    // Only the programs are wanted: each test starts a server of its own, and the system is to start none.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    if (spawnSync("apt-get", args, { stdio: ["ignore", "inherit", "inherit"], env }).status !== 0) return;
  }
}

function isDebian() {
  try {
    return /^ID="?debian"?$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
