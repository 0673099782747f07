/** Finds nginx on this machine, and installs Debian's where that is possible without asking. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installOnDebian } from "./debian.mjs";

/** The program; undefined where there is none. */
export function findNginx() {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, "nginx"))
    .find((program) => existsSync(program));
}

/** Installs it where it is missing and we may. */
export function ensureNginx() {
  if (findNginx() === undefined) installOnDebian("nginx", "nginx");
}
