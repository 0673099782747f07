/**
 * Packs files into a zip archive whose bytes depend on names and contents alone: sorted, one fixed date, no owner or mode,
 * compressed by the locked fflate and not by the zlib of whoever packs.
 */
import { zipSync } from "fflate";

/** The format knows local time only, and no moment before this year. */
const DATE = new Date(1980, 0, 1, 12);

/** Packs `files` (name with forward slashes -> bytes) and returns the archive's bytes. */
export function zip(files) {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return zipSync(sorted, { level: 9, mtime: DATE });
}
