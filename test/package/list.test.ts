/** The list of files in `docs/security.md` is of what is shipped, and what it says a file touches is what its code names. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { archiveName, BROWSERS, readArchive, writePackages } from "../support/packages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = mkdtempSync(join(tmpdir(), "confirm-list-"));
writePackages(FOLDER);

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

/** What code says to touch something, without its comments. */
const TOUCHES = {
  WebCrypto: /\bsubtle\b|\bCryptoKey\b/,
  WebAuthn: /\bnavigator\.credentials\b/,
  storage: /\bindexedDB\b|\bstorage\.(?:local|sync|session)\b|\b(?:localStorage|sessionStorage|caches)\b/,
  network:
    /\bfetch\b|\b(?:XMLHttpRequest|WebSocket|EventSource|WebTransport|RTCPeerConnection|sendBeacon|importScripts)\b/,
  // The parser calls its text a document, too, and has other methods on it.
  page: /\bdocument\.(?:create|query|get|add|active|document|visib|has|body|title|cookie|write|forms)|\bwindow\.\w/,
  browser: /\b(?:chrome|browser)\.runtime\b|import_browser_polyfill/,
} as const;

interface Row {
  readonly path: string;
  readonly touches: readonly string[];
}

function readList(): readonly Row[] {
  const text = readFileSync(join(ROOT, "docs/security.md"), "utf8");
  const [, section = ""] = /^## What is in the package\n([\s\S]*?)^## /m.exec(text) ?? [];
  return [...section.matchAll(/^\| `([^`]+)` +\|.*\| ([^|]+?) +\|$/gm)].map(([, path = "", touches = ""]) => ({
    path,
    touches: touches === "nothing" ? [] : touches.split(", "),
  }));
}

/** The row of a file: its own, which has the name of its source, or that of the deepest folder that it is in. */
function rowOf(list: readonly Row[], file: string): Row | undefined {
  const source = file.startsWith("src/") ? file.replace(/js$/, "ts") : file;
  const rows = list.filter(({ path }) => (path.endsWith("/") ? source.startsWith(path) : source === path));
  return rows.sort((a, b) => b.path.length - a.path.length)[0];
}

function touched(file: string, text: string): readonly string[] {
  if (!file.endsWith(".js")) return [];
  const code = text.replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, "");
  return Object.entries(TOUCHES).flatMap(([name, sign]) => (sign.test(code) ? [name] : []));
}

describe.each(BROWSERS)("of the package for %s", (browser) => {
  const list = readList();
  const files = [...readArchive(join(FOLDER, archiveName(browser)))].map(([file, bytes]) => ({
    file,
    row: rowOf(list, file)?.path,
    touches: touched(file, Buffer.from(bytes).toString("utf8")),
  }));

  it("each file is in the list, and each row has a file", () => {
    expect(files.filter(({ row }) => row === undefined)).toEqual([]);
    expect(list.map(({ path }) => path).filter((path) => !files.some(({ row }) => row === path))).toEqual([]);
  });

  it.each(list)("$path touches what its row says, and nothing else", ({ path, touches }) => {
    const found = files.filter(({ row }) => row === path).flatMap((one) => one.touches);
    expect([...new Set(found)].sort()).toEqual([...touches].sort());
  });
});
