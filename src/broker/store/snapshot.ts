/** What the engines share of reading a store without being able to change it. */
import type { AuditSnapshot } from "./audit.ts";
import { StoreError } from "./errors.ts";
import type { Engine } from "./script.ts";
import { scriptsOn } from "./scripts/index.ts";

/** Refuses tables that another version made. @throws StoreError `unsupported`, `newer_schema` */
export function requireSchema(version: number, known: number): void {
  if (version > known) {
    throw new StoreError("newer_schema", `The store is at schema ${version}; this version of confirm knows ${known}.`);
  }
  if (version < known) {
    const how = "Start this version's broker on it once, which brings it up to date.";
    throw new StoreError("unsupported", `The store is at schema ${version}, and this version reads ${known}. ${how}`);
  }
}

export function snapshotOf(read: Engine["read"], close: () => Promise<void>): AuditSnapshot {
  const refuse = (): Promise<never> => Promise.reject(new StoreError("unsupported", "This store is only read."));
  return { ...scriptsOn({ read, write: refuse, share: refuse }), close };
}
