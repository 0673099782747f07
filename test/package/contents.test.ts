/** What is shipped: the manifests open no door to the web, the code is what its sources are, and the popup's holds nothing it must not. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { archiveName, BROWSERS, readArchive, unpack, writePackages, type PackageName } from "../support/packages.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = mkdtempSync(join(tmpdir(), "confirm-packages-"));
writePackages(FOLDER);
const PACKAGES = new Map(BROWSERS.map((browser) => [browser, readArchive(join(FOLDER, archiveName(browser)))]));

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

function textOf(browser: PackageName, file: string): string {
  const bytes = PACKAGES.get(browser)?.get(file);
  if (bytes === undefined) throw new Error(`There is no ${file} in the package for ${browser}.`);
  return Buffer.from(bytes).toString("utf8");
}

function filesOf(browser: PackageName): readonly string[] {
  return [...(PACKAGES.get(browser)?.keys() ?? [])];
}

function manifestOf(browser: PackageName): Readonly<Record<string, unknown>> {
  return JSON.parse(textOf(browser, "manifest.json")) as Readonly<Record<string, unknown>>;
}

describe.each(BROWSERS)("the package for %s", (browser) => {
  const manifest = manifestOf(browser);

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
    expect(filesOf(browser).filter((file) => /(^|\/)_(?!locales\/)/.test(file))).toEqual([]);
  });

  const scripts = filesOf(browser).filter((file) => file.endsWith(".js"));

  it("has a file for each module, of ours where its source is and of a library where it is in its package", () => {
    const [loader, ...orphans] = scripts.filter((file) => {
      const ours = file.replace(/js$/, "ts");
      const theirs = file.replace(/^lib/, "node_modules");
      return ![ours, theirs, theirs.replace(/js$/, "mjs")].some((source) => existsSync(join(ROOT, source)));
    });
    // One line each: crxjs's, which imports ours, and the bundler's helper for CommonJS.
    expect([loader, ...orphans].sort()).toEqual(["lib/rolldown/runtime.js", "service-worker-loader.js"]);
    expect(textOf(browser, "service-worker-loader.js").trim()).toBe("import './src/extension/background/index.js';");
  });

  it("has our code readable: names and comments as in the source, a statement a line", () => {
    const decide = textOf(browser, "src/responder/respond.js");
    const source = readFileSync(join(ROOT, "src/responder/respond.ts"), "utf8");
    const names = [...source.matchAll(/function (\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect([...decide.matchAll(/function (\w+)/g)].map(([, name]) => name)).toEqual(names);
    for (const [, sentence = ""] of source.matchAll(/^ \* ([A-Z][^@{\n]+)$/gm)) expect(decide).toContain(sentence);
    const dense = scripts.filter((file) => file.startsWith("src/") && !file.endsWith(".generated.js"));
    const longest = dense.map((file) =>
      Math.max(
        ...textOf(browser, file)
          .split("\n")
          .map(({ length }) => length),
      ),
    );
    expect(Math.max(...longest)).toBeLessThan(1000);
  });

  it("has the words of each language as in the source, a text a line, without what translators alone are told", () => {
    const languages = readdirSync(join(ROOT, "public/_locales"));
    expect(languages.length).toBeGreaterThan(1);
    for (const language of languages) {
      const file = `_locales/${language}/messages.json`;
      const source = readFileSync(join(ROOT, "public", file), "utf8");
      const told = (key: string, value: unknown): unknown => (key === "description" ? undefined : value);
      expect(JSON.parse(textOf(browser, file))).toEqual(JSON.parse(source, told));
      expect(textOf(browser, file).trim().split("\n")).toHaveLength(
        Object.keys(JSON.parse(source) as object).length + 2,
      );
    }
  });
});

/** A script of the package and all that it imports, each without its comments. */
function scriptsOf(browser: PackageName, file: string, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (found.has(file)) return found;
  const code = textOf(browser, file).replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, "");
  found.set(file, code);
  for (const [, target = ""] of code.matchAll(/(?:from|import\(?)\s*["'](\.[^"']+)["']/g)) {
    scriptsOf(browser, posix.join(posix.dirname(file), target), found);
  }
  return found;
}

describe.each(BROWSERS)("the popup's script in the package for %s", (browser) => {
  const page = textOf(browser, "src/extension/popup/index.html");
  const entries = [...page.matchAll(/<script[^>]* src="\/([^"]+)"/g)].map(([, file = ""]) => file);
  const scripts = new Map(entries.flatMap((file) => [...scriptsOf(browser, file)]));
  const text = [...scripts.values()].join("\n");

  it("is one, and imports its own folders, three pure files, the polyfill and the sanitizer alone", () => {
    expect(entries).toEqual(["src/extension/popup/index.js"]);
    const foreign = [...scripts.keys()].filter((file) => !/^src\/extension\/(popup|page)\//.test(file));
    expect(foreign.filter((file) => !/^src\/(extension\/[^/]+|protocol\/[^/]+)$/.test(file)).sort()).toEqual([
      "lib/dompurify/dist/purify.es.js",
      "lib/rolldown/runtime.js",
      "lib/webextension-polyfill/dist/browser-polyfill.js",
    ]);
  });

  it("is announced to the browser whole, so that it is read at once", () => {
    const announced = [...page.matchAll(/<link rel="modulepreload" href="\/([^"]+)"/g)].map(([, file = ""]) => file);
    expect([...announced, ...entries].sort()).toEqual([...scripts.keys()].sort());
  });

  it.each([
    ["keys", /crypto\.subtle|getRandomValues|\bCryptoKey\b/],
    ["storage", /\bindexedDB\b|storage\.(local|sync|session)|\blocalStorage\b|\bsessionStorage\b|\bcaches\b/],
    ["network", /\bfetch\s*\(|XMLHttpRequest|\bWebSocket\b|sendBeacon|EventSource|importScripts/],
    ["code made of text", /\beval\s*\(|new Function\b/],
  ])("has no %s", (_, forbidden) => {
    expect(forbidden.exec(text)?.[0]).toBeUndefined();
    // The background has them, so it is not the search that finds nothing.
    const background = [...scriptsOf(browser, "service-worker-loader.js").values()].join("\n");
    if (String(forbidden) !== String(/\beval\s*\(|new Function\b/)) expect(forbidden.test(background)).toBe(true);
  });
});

it("no other extension may send messages to it in Chrome", () => {
  expect(manifestOf("chrome")["externally_connectable"]).toEqual({ ids: [] });
});

it("gives Mozilla's linter nothing to say but the assignment inside DOMPurify", () => {
  const source = join(FOLDER, "firefox");
  unpack(join(FOLDER, archiveName("firefox")), source);
  const linter = join(ROOT, "node_modules/web-ext/bin/web-ext.js");
  const args = [linter, "lint", "--source-dir", source, "--output", "json", "--no-config-discovery"];
  const report = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Readonly<
    Record<"errors" | "notices" | "warnings", readonly { readonly code: string; readonly file?: string }[]>
  >;
  const said = [...report.errors, ...report.notices, ...report.warnings].map(
    ({ code, file }) => `${code} ${file ?? ""}`,
  );
  expect(said).toEqual(["UNSAFE_VAR_ASSIGNMENT lib/dompurify/dist/purify.es.js"]);
}, 120_000);

it("leaves the key out of what goes to the store", () => {
  const built = JSON.parse(readFileSync(join(ROOT, "dist/chrome/manifest.json"), "utf8")) as Record<string, unknown>;
  expect(built).toHaveProperty("key");
  expect(manifestOf("chrome")).toEqual({ ...built, key: undefined });
});
