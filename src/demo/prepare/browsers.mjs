/**
 * Finds the browsers of this machine, and installs them where that is possible without asking: as root on Debian.
 * Everywhere else it prints the line to run and carries on. Runs before anything is installed: Node's own modules only.
 */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, canInstall, systemName } from "./debian.mjs";

const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];
const CHROMIUM_APPS = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"];
const CHROMIUM_PROGRAMS = ["Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe"];
const FIREFOX_NAMES = ["firefox-esr", "firefox"];
const FIREFOX_APPS = ["Firefox.app/Contents/MacOS/firefox"];
const FIREFOX_PROGRAMS = ["Mozilla Firefox/firefox.exe"];

/** The path of a Chromium or Chrome, `CHROMIUM_PATH` before all others, or undefined. */
export function findChromium() {
  return find(process.env.CHROMIUM_PATH, CHROMIUM_NAMES, CHROMIUM_APPS, CHROMIUM_PROGRAMS);
}

/** The path of a Firefox, `FIREFOX_PATH` before all others, or undefined. */
export function findFirefox() {
  return find(process.env.FIREFOX_PATH, FIREFOX_NAMES, FIREFOX_APPS, FIREFOX_PROGRAMS);
}

/** Installs the browsers that are missing where it can, says how where it cannot; returns what there is then. */
export function ensureBrowsers() {
  const missing = [
    ...(findChromium() === undefined ? [{ name: "Chromium", debian: "chromium" }] : []),
    ...(findFirefox() === undefined ? [{ name: "Firefox", debian: "firefox-esr" }] : []),
  ];
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(" and ");
    const packages = missing.map(({ debian }) => debian);
    if (!canInstall()) console.error(`${names} not found. To install: ${lineToRun(packages)}`);
    else if (!aptInstall(names, packages))
      console.error(`${names} not installed. To try again: ${lineToRun(packages)}`);
  }
  return { chromium: findChromium(), firefox: findFirefox() };
}

function find(chosen, names, apps, programs) {
  if (chosen) return isExecutable(chosen) ? chosen : undefined;
  const onPath = names.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));
  const mac = ["/Applications", join(process.env.HOME ?? "/", "Applications")];
  const windows = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA];
  const candidates = {
    darwin: [...mac.flatMap((folder) => apps.map((app) => join(folder, app))), ...onPath],
    win32: windows.filter(Boolean).flatMap((folder) => programs.map((program) => join(folder, program))),
  };
  const found = (candidates[process.platform] ?? onPath).filter(isExecutable);
  // A snap sees neither our profile folder nor the built extension, so it comes last.
  return found.find((file) => !isSnap(file)) ?? found[0];
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isSnap(file) {
  return /(^|\/)snap(\/|$)/.test(realpathSync(file)) || file.startsWith("/snap/");
}

function lineToRun(packages) {
  const linux = {
    debian: `sudo apt-get update && sudo apt-get install -y ${packages.join(" ")}`,
    ubuntu: "install Chrome from google.com/chrome and Firefox from packages.mozilla.org (the snaps will not do)",
    fedora: `sudo dnf install -y ${packages.join(" ").replace("-esr", "")}`,
    arch: `sudo pacman -S --needed ${packages.join(" ").replace("-esr", "")}`,
  };
  if (process.platform === "darwin") return `brew install --cask ${packages.join(" ").replace("-esr", "")}`;
  if (process.platform === "win32") return "winget install Google.Chrome Mozilla.Firefox";
  return linux[systemName()] ?? `install ${packages.join(" and ")} with your system's package manager`;
}
