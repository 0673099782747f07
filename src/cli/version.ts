/** The version of the package that this command came in. */
import { readFileSync } from "node:fs";
import { isJsonObject, LIMITS, scanJson } from "../protocol/index.ts";

export function packageVersion(): string {
  const file = readFileSync(new URL("../../../package.json", import.meta.url));
  const json = scanJson(file, LIMITS.messageBytes);
  const version = isJsonObject(json) ? json["version"] : undefined;
  return typeof version === "string" ? version : "unknown";
}
