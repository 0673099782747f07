/**
 * Installs the packages of the lock file when they are missing or others. Runs before anything is installed, so it uses
 * Node's own modules only, and no TypeScript. Installs exactly what the lock says or throws; runs no package's scripts.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const OLDEST_NODE = [20, 19];

/** Runs `npm ci` in `root` when `node_modules` does not hold what `package-lock.json` asks for. */
export function ensureDependencies(root) {
  refuseOldNode();
  if (installedAsLocked(root)) return;
  console.error("Installing packages: npm ci");
  const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const [command, ...first] = npm;
  const { status, error } = spawnSync(command, [...first, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // npm is a batch file on Windows, which only a shell starts.
    shell: command === "npm" && process.platform === "win32",
  });
  if (status !== 0)
    throw new Error(`npm ci failed${error ? `: ${error.message}` : ""}. Run it in ${root} and see why.`);
}

/** Whether each package of the lock is installed in the locked version; what another platform needs may be missing. */
function installedAsLocked(root) {
  const locked = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (locked === undefined || installed === undefined) return false;
  return Object.entries(locked).every(([path, { version, optional, link }]) => {
    const found = installed[path];
    if (path === "" || link || (optional && found === undefined)) return true;
    return found?.version === version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`This is Node ${process.versions.node}; version ${OLDEST_NODE.join(".")} or later is needed.`);
}
