/** Sees to fonts for the languages that pictures are taken in: without them a browser draws empty boxes. */
import { spawnSync } from "node:child_process";
import { aptInstall, canInstall } from "../src/demo/prepare/debian.mjs";

const PACKAGES = ["fonts-noto-core", "fonts-noto-cjk"];

/** Installs what is missing where it can, says how where it cannot. @param languages - such as `pt_BR` */
export function ensureFonts(languages) {
  if (process.platform !== "linux" || languages.every(hasFont)) return;
  if (!canInstall()) console.error(`Letters are missing. To install: sudo apt-get install -y ${PACKAGES.join(" ")}`);
  else if (!aptInstall("fonts", PACKAGES)) console.error("The fonts were not installed: there will be empty boxes.");
}

function hasFont(language) {
  const { stdout } = spawnSync("fc-list", [`:lang=${language.replace("_", "-").toLowerCase()}`, "family"], {
    encoding: "utf8",
  });
  return (stdout ?? "").trim() !== "";
}
