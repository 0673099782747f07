/** Firefox's process and profile: the preferences that it starts with, where it listens, and its end. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { BrowserError } from "./browser-error.ts";
import { at } from "./parse-reply.ts";
import { waitUntil } from "./wait.ts";

/** The host of the extension's pages in every Firefox started here. */
export const UUID = "6d657368-2d63-4f6e-a669-726d00000001";
const START_PATIENCE = 30_000;
const PORT_FILE = "WebDriverBiDiServer.json";

/** Writes the preferences, and forgets where a Firefox on this profile listened before. */
export async function prepareProfile(profile: string, geckoId: string): Promise<void> {
  await writeFile(join(profile, "user.js"), preferences(geckoId));
  await rm(join(profile, PORT_FILE), { force: true });
}

/**
 * Takes what Firefox compiled of its own scripts from another profile: a quarter of the processor's time of a first start. A
 * Firefox of another build does not believe it. What was noted of extensions stays behind.
 */
export async function copyCompiled(from: string, to: string): Promise<void> {
  const isOwn = (path: string): boolean => !basename(path).startsWith("webext");
  for (const name of ["compatibility.ini", "startupCache"])
    await cp(join(from, name), join(to, name), { recursive: true, filter: isOwn });
}

function preferences(geckoId: string): string {
  const values = {
    "extensions.webextensions.uuids": JSON.stringify({ [geckoId]: UUID }),
    "remote.active-protocols": 1,
    "xpinstall.signatures.required": false,
    "browser.aboutwelcome.enabled": false,
    "browser.startup.page": 0,
    "browser.shell.checkDefaultBrowser": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.disabledForTesting": true,
    "extensions.update.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    // What is made ready for a user, or fetched for one: nothing of it is seen by a page, an extension or its popup.
    "dom.ipc.processPrelaunch.enabled": false,
    "browser.newtab.preload": false,
    "browser.newtabpage.enabled": false,
    "browser.pagethumbnails.capturing_disabled": true,
    "browser.region.update.enabled": false,
    "browser.search.update": false,
    "browser.topsites.contile.enabled": false,
    "app.normandy.enabled": false,
    "extensions.getAddons.cache.enabled": false,
    "extensions.systemAddon.update.enabled": false,
    "identity.fxaccounts.enabled": false,
    "media.gmp-manager.updateEnabled": false,
    "toolkit.telemetry.unified": false,
  };
  const lines = Object.entries(values).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  return lines.join("");
}

/** Starts Firefox on a prepared profile; it goes with this process. */
export function startProcess(executable: string, profile: string, headless: boolean): ChildProcess {
  const args = [
    ...(headless ? ["--headless", "--width=1280", "--height=900"] : []),
    ...["--no-remote", "--profile", profile, "--remote-debugging-port=0", "-remote-allow-system-access"],
  ];
  const child = spawn(executable, args, { stdio: "ignore" });
  const atExit = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", atExit);
  child.once("exit", () => process.off("exit", atExit));
  // What could not be started has no exit; waiting for its port says so.
  child.once("error", () => process.off("exit", atExit));
  return child;
}

/** Where it listens for WebDriver BiDi. @throws {BrowserError} `no_browser` */
export async function listeningAddress(child: ChildProcess, profile: string): Promise<string> {
  const file = join(profile, PORT_FILE);
  const port = await waitUntil("Firefox's debugging port", START_PATIENCE, async () => {
    if (child.pid === undefined || child.exitCode !== null)
      throw new BrowserError("no_browser", `${child.spawnfile} did not start.`);
    const text = await readFile(file, "utf8").catch(() => "");
    const found: unknown = text.endsWith("}") ? at(JSON.parse(text), "ws_port") : undefined;
    return typeof found === "number" ? found : undefined;
  });
  return `ws://127.0.0.1:${port}/session`;
}

/** Ends a process, by force when it has not ended by itself within `patience` milliseconds. */
export async function kill(child: ChildProcess, patience = 0): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), patience);
  await once(child, "exit");
  clearTimeout(timer);
}
