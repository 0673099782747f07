/** The real broker: `confirm broker` of dist/node as a process of its own, with its store in a folder. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Child } from "./child.mjs";

const CONFIRM = resolve(import.meta.dirname, "../../dist/node/cli/confirm.js");

/**
 * Starts a broker, without limits where no policy is given, on a free port.
 *
 * @param more.open - lets anyone make an account
 * @param more.postgres - keeps its store there
 * @param more.nodeArgs - for Node itself
 * @param more.profileTo - a folder for a profile of its CPU time
 */
export async function startBroker(
  folder,
  { open = false, postgres, profileTo, nodeArgs = [], policy = { limits: false } } = {},
) {
  const policyFile = join(folder, "policy.json");
  const data = join(folder, "broker");
  writeFileSync(policyFile, JSON.stringify(policy));
  const profiling = profileTo === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(profileTo)}`];
  const child = await Child.start(folder, "broker", [
    ...profiling,
    ...nodeArgs,
    ...[CONFIRM, "broker", "--listen", "127.0.0.1:0", "--policy", policyFile],
    ...(postgres === undefined ? ["--data", data] : ["--store", postgres]),
    ...(open ? ["--open"] : []),
  ]);
  const { endpoint } = child.started;
  return {
    child,
    data,
    endpoint,
    origin: new URL(endpoint).origin,
    port: Number(new URL(endpoint).port),
    /** Makes an account; its connect code. */
    code: async (account) => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        CONFIRM,
        "account",
        "add",
        account,
        "--data",
        data,
      ]);
      return stdout.trim();
    },
  };
}
