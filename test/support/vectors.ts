/** Outside test vectors that lie beside the repository, not in it; a test without them is skipped and says why. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../../../shared/vectors");

/** Why the vectors in `file` cannot be used, or undefined where they can. */
export function whyNoVectors(file: string): string | undefined {
  return existsSync(resolve(FOLDER, file)) ? undefined : `../shared/vectors/${file} is not beside this clone`;
}

/** Parses one file of vectors. */
export function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(resolve(FOLDER, file), "utf8"));
}
