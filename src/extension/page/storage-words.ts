/** What is wrong with the browser's storage, in a sentence that says what to do. */
import type { StorageProblem } from "../messages.ts";

export const STORAGE_PROBLEMS: Readonly<Record<StorageProblem, string>> = {
  full: "storageFull",
  failed: "storageFailed",
  newer: "storageNewer",
};
