/** The broker and the bank as processes of their own, each on loopback; they are ready when they answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { LauncherError } from "./launcher-error.ts";
import { logOf, PLACE } from "./place.ts";
import type { Processes } from "./processes.ts";
import type { RunFolder } from "./run-folder.ts";

/** Where `confirm` looks for the broker of `localhost`. */
export const USUAL_BROKER_PORT = 8787;
const USUAL_BANK_PORT = 8788;
const READY_MS = 30_000;

/** Starts the broker; its address, such as `http://127.0.0.1:8787`. */
export async function startBroker(processes: Processes, folder: RunFolder): Promise<string> {
  const port = await freePort(USUAL_BROKER_PORT);
  const listen = ["--data", folder.broker, "--listen", `127.0.0.1:${port}`];
  const log = logOf("broker");
  processes.serve("The broker", log, [PLACE.confirm, "broker", ...listen]);
  const url = `http://127.0.0.1:${port}`;
  const hello = { method: "POST", body: '{"HelloRequest":{}}' };
  await ready("The broker", log, `${url}/.well-known/confirm`, hello, processes);
  return url;
}

/** Starts the bank; its address. */
export async function startBankProcess(processes: Processes, folder: RunFolder, broker: string): Promise<string> {
  const port = await freePort(USUAL_BANK_PORT);
  const log = logOf("bank");
  processes.serve("The bank", log, [PLACE.bank, "--data", folder.bank, "--port", String(port), "--broker", broker]);
  const url = `http://127.0.0.1:${port}`;
  await ready("The bank", log, `${url}/login`, {}, processes);
  return url;
}

/** Makes an account at the broker; its connect code. */
export async function addAccount(processes: Processes, folder: RunFolder, account: string): Promise<string> {
  const { code, stdout, stderr } = await processes.run([
    ...[PLACE.confirm, "account", "add", account, "--data", folder.broker],
  ]);
  if (code === 0) return stdout.trim();
  throw new LauncherError("process", `The broker did not add ${account}: ${stderr.trim()}`, "Run npm start again.");
}

async function ready(name: string, log: string, url: string, init: RequestInit, processes: Processes): Promise<void> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const answer = fetch(url, { ...init, signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if ((await Promise.race([answer, processes.failed]))?.ok === true) return;
    await sleep(100);
  }
  throw new LauncherError("process", `${name} does not answer at ${url}.`, `See why in ${log}.`);
}
