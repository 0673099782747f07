/** What is shipped: the manifests of both builds open no door to the web, and the packed extension loads. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findChromium } from "../../src/demo/prepare/browsers.mjs";
import { CHROME_BUILD, launchChromium } from "../support/chromium.ts";
import { FIREFOX_BUILD } from "../support/firefox.ts";

const ROOT = resolve(import.meta.dirname, "../..");

function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Readonly<Record<string, unknown>>;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Reads an archive by its local headers alone, which our writer always fills in. */
function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50;) {
    const packed = archive.readUInt32LE(at + 18);
    const nameEnd = at + 30 + archive.readUInt16LE(at + 26);
    files.set(archive.toString("utf8", at + 30, nameEnd), inflateRawSync(archive.subarray(nameEnd, nameEnd + packed)));
    at = nameEnd + packed;
  }
  return files;
}

function pack(): readonly (readonly [name: string, archive: Buffer])[] {
  execFileSync(process.execPath, [join(ROOT, ".ci/package.mjs")]);
  const dist = join(ROOT, "dist");
  const names = readdirSync(dist).filter((name) => name.endsWith(".zip"));
  return names.sort().map((name) => [name, readFileSync(join(dist, name))]);
}

describe.each([
  ["chrome", CHROME_BUILD],
  ["firefox", FIREFOX_BUILD],
])("the build for %s", (_browser, folder) => {
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

it("no other extension may send messages to it in Chrome", () => {
  expect(manifestOf(CHROME_BUILD)["externally_connectable"]).toEqual({ ids: [] });
});

it("says to Firefox that account and answers leave the device", () => {
  expect(manifestOf(FIREFOX_BUILD)["browser_specific_settings"]).toMatchObject({
    gecko: { data_collection_permissions: { required: ["authenticationInfo", "personallyIdentifyingInfo"] } },
  });
});

it("gives Mozilla's linter nothing to say but the assignment inside DOMPurify", () => {
  const linter = join(ROOT, "node_modules/web-ext/bin/web-ext.js");
  const args = [linter, "lint", "--source-dir", FIREFOX_BUILD, "--output", "json", "--no-config-discovery"];
  const report = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Readonly<
    Record<"errors" | "notices" | "warnings", readonly { readonly code: string; readonly file?: string }[]>
  >;
  const said = [...report.errors, ...report.notices, ...report.warnings].map(
    ({ code, file }) => `${code} ${file ?? ""}`,
  );
  expect(said).toEqual(["UNSAFE_VAR_ASSIGNMENT assets/lib-dompurify.js"]);
});

it("leaves the key out of what goes to the store", () => {
  const [chrome] = pack();
  const manifest =
    unzip(chrome?.[1] ?? Buffer.alloc(4))
      .get("manifest.json")
      ?.toString("utf8") ?? "";
  expect(JSON.parse(manifest)).toEqual({ ...manifestOf(CHROME_BUILD), key: undefined });
});

it("packs the same bytes each time", () => {
  const first = pack();
  expect(first.map(([name]) => name)).toHaveLength(2);
  expect(pack()).toEqual(first);
});

it("loads what was packed, and its background starts", async ({ skip }) => {
  if (findChromium() === undefined) skip("no Chromium or Chrome on this machine");
  const [chrome] = pack();
  const folder = mkdtempSync(join(tmpdir(), "mesh-confirm-package-"));
  try {
    for (const [name, content] of unzip(chrome?.[1] ?? Buffer.alloc(4))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const unpacked = await launchChromium({ extension: folder });
    try {
      expect((await unpacked.worker()).url()).toBe(unpacked.url("service-worker-loader.js"));
    } finally {
      await unpacked.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
