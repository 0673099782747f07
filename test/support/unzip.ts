/** Reads an archive that `.ci/zip.mjs` wrote: by its local headers alone, which our writer always fills in. */
import { inflateRawSync } from "node:zlib";

/** The files of an archive: name with forward slashes -> bytes. */
export function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50;) {
    const packed = archive.readUInt32LE(at + 18);
    const nameEnd = at + 30 + archive.readUInt16LE(at + 26);
    files.set(archive.toString("utf8", at + 30, nameEnd), inflateRawSync(archive.subarray(nameEnd, nameEnd + packed)));
    at = nameEnd + packed;
  }
  return files;
}
