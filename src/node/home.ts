/** Where a user's keys, pins and requests are kept. */
import { homedir } from "node:os";
import { join } from "node:path";

/** `$CONFIRM_HOME`, else `$XDG_CONFIG_HOME/mesh-confirm`, else `~/.config/mesh-confirm`. */
export function defaultHome(env: NodeJS.ProcessEnv): string {
  const named = env["CONFIRM_HOME"] ?? "";
  if (named !== "") return named;
  const config = env["XDG_CONFIG_HOME"] ?? "";
  return join(config === "" ? join(homedir(), ".config") : config, "mesh-confirm");
}
