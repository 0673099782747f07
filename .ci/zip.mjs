/**
 * Writes a zip archive (PKWARE APPNOTE 6.3) that depends on names and contents alone: sorted entries, one fixed date, no
 * owner or mode. Ordinary small files only: no zip64, no encryption, no folders as entries.
 */
import { crc32, deflateRawSync } from "node:zlib";

const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DEFLATE = 8;
/** 1980-01-01 00:00, the first moment that the format knows. */
const DOS_DATE = 0x21;
const DOS_TIME = 0;

/** Packs `files` (name with forward slashes -> bytes) and returns the archive's bytes. */
export function zip(files) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const name of Object.keys(files).sort()) {
    const nameBytes = Buffer.from(name, "utf8");
    const packed = deflateRawSync(files[name], { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(DEFLATE, 4);
    common.writeUInt16LE(DOS_TIME, 6);
    common.writeUInt16LE(DOS_DATE, 8);
    common.writeUInt32LE(crc32(files[name]), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(files[name].length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([signature(0x04034b50), common, nameBytes, packed]);
    directory.push(signature(0x02014b50), uint16(VERSION), common, Buffer.alloc(10), uint32(offset), nameBytes);
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const count = uint16(locals.length);
  const end = [signature(0x06054b50), Buffer.alloc(4), count, count, uint32(entries.length), uint32(offset), uint16(0)];
  return Buffer.concat([...locals, entries, ...end]);
}

const signature = (value) => uint32(value);

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
