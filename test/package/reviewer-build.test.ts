/**
 * Somebody else builds the same bytes: from the source archive, by the steps of `docs/store/reviewer-build.md`, elsewhere, with
 * another time zone, language and umask. Of the steps `npm ci` alone is not run, but links what is installed here.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { archiveName, unpack, writePackages } from "../support/packages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const STEPS = /^```console\n([\s\S]*?)^```$/m;
/** What gets into the package has to be where it says it is; tools may be links. */
const SHIPPED = ["dompurify", "jose", "saxes", "xmlchars", "webextension-polyfill"];

let folder: string;
let elsewhere: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "confirm-build-"));
  elsewhere = join(folder, "the reviewer's folder");
  writePackages(folder);
  unpack(join(folder, archiveName("source")), elsewhere);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function link(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from).filter((one) => !one.startsWith("."))) {
    if (SHIPPED.includes(name)) cpSync(join(from, name), join(to, name), { recursive: true });
    else symlinkSync(join(from, name), join(to, name), "junction");
  }
}

/** An `npm` whose `ci` does nothing, since that is done. */
function installedNpm(bin: string): void {
  const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  mkdirSync(bin);
  writeFileSync(join(bin, "npm"), `#!/bin/sh\n[ "$1" = ci ] || exec "${npm}" "$@"\n`, { mode: 0o755 });
}

it.skipIf(process.platform === "win32")(
  "the reviewer's steps give the packages that are listed, byte by byte, and the source archive again",
  () => {
    const [, steps = ""] = STEPS.exec(readFileSync(join(elsewhere, "docs/store/reviewer-build.md"), "utf8")) ?? [];
    expect(steps).toContain("npm run package");
    link(join(ROOT, "node_modules"), join(elsewhere, "node_modules"));
    const bin = join(folder, "bin");
    installedNpm(bin);
    execFileSync("sh", ["-e", "-c", `umask 077\n${steps}`], {
      cwd: elsewhere,
      env: {
        ...process.env,
        PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
        TZ: "Pacific/Kiritimati",
        LANG: "tr_TR.UTF-8",
        LC_ALL: "tr_TR.UTF-8",
      },
      stdio: "pipe",
    });
    const listed = readFileSync(join(folder, "SHA256SUMS"), "utf8");
    expect(readFileSync(join(elsewhere, "dist/SHA256SUMS"), "utf8")).toBe(listed);
    for (const line of listed.trim().split("\n")) {
      const [sum, name = ""] = line.split("  ");
      const bytes = readFileSync(join(elsewhere, "dist", name));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(sum);
      expect(bytes.equals(readFileSync(join(folder, name)))).toBe(true);
    }
    expect(listed.trim().split("\n")).toHaveLength(3);
  },
  180_000,
);
