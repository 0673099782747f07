/** Installs a package of Debian's where that is possible without asking: as root on Debian. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Elsewhere it says what to install, and that the tests which need it are skipped. */
export function installOnDebian(name, what) {
  if (process.getuid?.() !== 0 || !isDebian()) {
    console.error(`${what} not found: its tests are skipped. On Debian: apt-get install ${name}`);
    return;
  }
  console.error(`Installing ${what}: apt-get install -y ${name}`);
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", name]]) {
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
