/** Bytes of the extension by folder, as `npm run size` counts them. */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { digits, table } from "./table.mjs";

const SIZE = resolve(import.meta.dirname, "../../.ci/size.mjs");

export function benchSize() {
  const counted = JSON.parse(execFileSync(process.execPath, [SIZE, "--json"], { encoding: "utf8" }));
  const { files, parts, folders } = counted;
  const total = { size: sum(files, "size"), packed: sum(files, "packed"), lines: sum(folders, "lines") };
  const rows = [...parts, { name: "all", ...total }];
  const lines = [
    ...table(
      ["dist/chrome", "bytes", "gzipped"],
      rows.map(({ name, size, packed }) => [name, digits(size), digits(packed)]),
    ),
    "",
    `Our own code that the extension's pages and background reach: ${digits(total.lines)} lines`,
    `in ${sum(folders, "files")} files, without blank lines, comments and generated tables (npm run size says where).`,
  ];
  return Promise.resolve({ data: { ...counted, total }, lines, problems: [] });
}

const sum = (rows, member) => rows.reduce((total, row) => total + row[member], 0);
