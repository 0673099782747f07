/** Installs packages of the system, where that is possible without asking: as root on Debian. Node's own modules only. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The system's name for itself, such as `debian`; undefined where it has none. */
export function systemName() {
  try {
    return /^ID="?([a-z]+)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

export function canInstall() {
  return process.getuid?.() === 0 && systemName() === "debian";
}

/** Whether they are there now. @param names - what the packages bring, for people */
export function aptInstall(names, packages) {
  console.error(`Installing ${names}: apt-get install -y ${packages.join(" ")}`);
  return [["update"], ["install", "-y", "--no-install-recommends", ...packages]].every((args) => {
    const { status } = spawnSync("apt-get", args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    return status === 0;
  });
}
