/** The temporary folder of one run: broker, bank, browser profile, and every temporary file of them all. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RunFolder {
  readonly broker: string;
  readonly bank: string;
  readonly profile: string;
  /** Keys and pins of the `confirm` command. */
  readonly home: string;
  readonly remove: () => Promise<void>;
  /** The same at once, for the very end. */
  readonly removeNow: () => void;
}

/** A browser's last helper may still write while its main process has ended. */
const PERSISTENT = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

export function makeRunFolder(): RunFolder {
  const path = mkdtempSync(join(tmpdir(), "ethel-"));
  const temporary = join(path, "tmp");
  mkdirSync(temporary);
  // Elsewhere the folder's name may be too long for a browser's sockets.
  if (process.platform === "linux") process.env["TMPDIR"] = temporary;
  return {
    broker: join(path, "broker"),
    bank: join(path, "bank"),
    profile: join(path, "profile"),
    home: join(path, "home"),
    remove: () => rm(path, PERSISTENT),
    removeNow: () => rmSync(path, PERSISTENT),
  };
}
