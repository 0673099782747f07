/** Outside test vectors that lie beside the repository, not in it; a test without them is skipped and says why. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const SHARED = resolve(import.meta.dirname, "../../../shared");
const FOLDER = resolve(SHARED, "vectors");

/** Why the vectors in `file` cannot be used, or undefined where they can. */
export function whyNoVectors(file: string): string | undefined {
  return existsSync(resolve(FOLDER, file)) ? undefined : `../shared/vectors/${file} is not beside this clone`;
}

/** Parses one file of vectors. */
export function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(resolve(FOLDER, file), "utf8"));
}

/** The text of a draft, by its number. */
export function readDraft(draft: "00" | "01"): string {
  return readFileSync(resolve(SHARED, draftFile(draft)), "utf8");
}

/** Why the text of a draft cannot be read, or undefined where it can. */
export function whyNoDraft(draft: "00" | "01"): string | undefined {
  return existsSync(resolve(SHARED, draftFile(draft)))
    ? undefined
    : `../shared/${draftFile(draft)} is not beside this clone`;
}

const draftFile = (draft: string): string => `seeds/draft-hallambaker-mesh-confirm-${draft}.txt`;
