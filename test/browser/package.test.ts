/** What is shipped, as it is unzipped: the manifests of both packages open no door to the web, and each package loads. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { chromiumTest } from "../support/chromium.ts";
import { archiveOf, BROWSERS, unpackedFolder, writePackages } from "../support/packages.ts";

const ROOT = resolve(import.meta.dirname, "../..");

function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Readonly<Record<string, unknown>>;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const CHROME = unpackedFolder("chrome");
const FIREFOX = unpackedFolder("firefox");

describe.each(BROWSERS)("the package for %s", (browser) => {
  const folder = unpackedFolder(browser);
  const manifest = manifestOf(folder);

  it("asks for four permissions and for no host", () => {
    expect(manifest["permissions"]).toEqual(["storage", "unlimitedStorage", "alarms", "notifications"]);
    expect(Object.keys(manifest).filter((name) => name.endsWith("permissions"))).toEqual(["permissions"]);
  });

  it("has no content script and nothing that a page could load", () => {
    expect(manifest).not.toHaveProperty("content_scripts");
    expect(manifest).not.toHaveProperty("web_accessible_resources");
  });

  it("lets scripts come from the package only, and text become markup through one policy only", () => {
    const policy = (manifest["content_security_policy"] as { extension_pages: string }).extension_pages;
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src https: wss: http://127.0.0.1:* http://localhost:* ws://127.0.0.1:* ws://localhost:*",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types dompurify",
    ]);
  });

  it("has no file whose name Chromium refuses", () => {
    expect(filesOf(folder).filter((file) => /(^|[\\/])_(?!locales[\\/])/.test(file))).toEqual([]);
  });
});

/** A script of the package and all that it imports, each without its comments. */
function scriptsOf(folder: string, file: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(file)) return found;
  const code = readFileSync(join(folder, file), "utf8").replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, "");
  found.set(file, code);
  for (const [, target = ""] of code.matchAll(/(?:from|import\(?)\s*"(\.[^"]+)"/g)) {
    scriptsOf(folder, join(dirname(file), target), found);
  }
  return found;
}

describe.each(BROWSERS)("the popup's script in the package for %s", (browser) => {
  const folder = unpackedFolder(browser);
  const page = readFileSync(join(folder, "src/extension/popup/index.html"), "utf8");
  const entries = [...page.matchAll(/<script[^>]* src="\/([^"]+)"/g)].map(([, file = ""]) => file);
  const scripts = new Map(entries.flatMap((file) => [...scriptsOf(folder, file)]));
  const text = [...scripts.values()].join("\n");

  it("is one, and imports its own shared code, the polyfill and the sanitizer alone", () => {
    expect(entries).toEqual(["assets/popup-page.js"]);
    expect([...scripts.keys()].sort()).toEqual(
      expect.arrayContaining([
        "assets/lib-dompurify.js",
        "assets/lib-webextension-polyfill.js",
        "assets/popup-page.js",
      ]),
    );
    expect([...scripts.keys()].filter((file) => /jose|saxes|background/.test(file))).toEqual([]);
  });

  it.each([
    ["keys", /crypto\.subtle|getRandomValues|\bCryptoKey\b/],
    ["storage", /\bindexedDB\b|storage\.(local|sync|session)|\blocalStorage\b|\bsessionStorage\b|\bcaches\b/],
    ["network", /\bfetch\s*\(|XMLHttpRequest|\bWebSocket\b|sendBeacon|EventSource|importScripts/],
    ["code made of text", /\beval\s*\(|new Function\b/],
  ])("has no %s", (_, forbidden) => {
    expect(forbidden.exec(text)?.[0]).toBeUndefined();
    // The background has them, so it is not the search that finds nothing.
    const background = [...scriptsOf(folder, "assets/background.js").values()].join("\n");
    if (String(forbidden) !== String(/\beval\s*\(|new Function\b/)) expect(forbidden.test(background)).toBe(true);
  });
});

it("no other extension may send messages to it in Chrome", () => {
  expect(manifestOf(CHROME)["externally_connectable"]).toEqual({ ids: [] });
});

it("says to Firefox that account and answers leave the device", () => {
  expect(manifestOf(FIREFOX)["browser_specific_settings"]).toMatchObject({
    gecko: { data_collection_permissions: { required: ["authenticationInfo", "personallyIdentifyingInfo"] } },
  });
});

it("gives Mozilla's linter nothing to say but the assignment inside DOMPurify", () => {
  const linter = join(ROOT, "node_modules/web-ext/bin/web-ext.js");
  const args = [linter, "lint", "--source-dir", FIREFOX, "--output", "json", "--no-config-discovery"];
  const report = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Readonly<
    Record<"errors" | "notices" | "warnings", readonly { readonly code: string; readonly file?: string }[]>
  >;
  const said = [...report.errors, ...report.notices, ...report.warnings].map(
    ({ code, file }) => `${code} ${file ?? ""}`,
  );
  expect(said).toEqual(["UNSAFE_VAR_ASSIGNMENT assets/lib-dompurify.js"]);
});

it("leaves the key out of what goes to the store", () => {
  const built = manifestOf(join(ROOT, "dist/chrome"));
  expect(built).toHaveProperty("key");
  expect(manifestOf(CHROME)).toEqual({ ...built, key: undefined });
});

it("packs the same bytes each time", () => {
  const first = BROWSERS.map((browser) => readFileSync(archiveOf(browser)));
  writePackages();
  expect(BROWSERS.map((browser) => readFileSync(archiveOf(browser)))).toEqual(first);
});

chromiumTest("loads what was packed, and its background starts", async ({ chromium }) => {
  expect((await chromium.worker()).url()).toBe(chromium.url("service-worker-loader.js"));
});
