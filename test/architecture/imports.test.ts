/**
 * The import table can fail: a tree of forbidden imports, one a file, is planted in a temporary folder and checked with
 * the project's own rules. Each must be reported by the rule that is meant to report it, and the allowed ones by none.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const CRUISER = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");

interface Plant {
  readonly file: string;
  readonly code: string;
  readonly rule: string;
}

const type = (path: string): string => `import type { X } from "${path}";\nexport type Y = X;\n`;
const value = (path: string): string => `import { x } from "${path}";\nexport const y = x;\n`;

/** What every planted file may import. */
const TARGETS = ["protocol", "srml", "crypto", "receipt", "client", "responder", "node", "enquirer", "broker", "cli"];

const FORBIDDEN: readonly Plant[] = [
  { file: "src/protocol/a.ts", code: value("../srml/x.ts"), rule: "imports-of-protocol" },
  { file: "src/protocol/b.ts", code: type("../crypto/x.ts"), rule: "imports-of-protocol" },
  { file: "src/srml/a.ts", code: type("../crypto/x.ts"), rule: "imports-of-srml" },
  { file: "src/crypto/a.ts", code: value("../receipt/x.ts"), rule: "imports-of-crypto" },
  { file: "src/receipt/a.ts", code: value("../client/x.ts"), rule: "imports-of-receipt" },
  { file: "src/client/a.ts", code: type("../srml/x.ts"), rule: "imports-of-client" },
  { file: "src/responder/a.ts", code: value("../client/x.ts"), rule: "imports-of-responder" },
  { file: "src/extension/background/a.ts", code: type("../../node/x.ts"), rule: "imports-of-extension" },
  { file: "src/extension/background/b.ts", code: value("../../broker/x.ts"), rule: "imports-of-extension" },
  { file: "src/node/a.ts", code: value("../client/x.ts"), rule: "imports-of-node" },
  { file: "src/enquirer/a.ts", code: value("../responder/x.ts"), rule: "imports-of-enquirer" },
  { file: "src/broker/a.ts", code: value("../enquirer/x.ts"), rule: "imports-of-broker" },
  { file: "src/reference2017/a.ts", code: value("../srml/x.ts"), rule: "imports-of-reference2017" },
  { file: "src/cli/a.ts", code: value("../demo/x.ts"), rule: "imports-of-cli" },
  { file: "src/demo/a.ts", code: value("../broker/x.ts"), rule: "imports-of-demo" },
  { file: "src/demo/b.ts", code: type("../../test/x.ts"), rule: "imports-of-demo" },
  { file: "src/elsewhere/a.ts", code: value("../protocol/x.ts"), rule: "known-folders-only" },
  { file: "src/extension/popup/a.ts", code: value("../../responder/x.ts"), rule: "popup-imports-types-only" },
  { file: "src/extension/popup/b.ts", code: value("../../receipt/x.ts"), rule: "popup-imports-types-only" },
  { file: "src/extension/options/a.ts", code: value("../../crypto/x.ts"), rule: "background-alone-parses-and-signs" },
  { file: "src/extension/a.ts", code: value("../responder/x.ts"), rule: "shared-files-stay-light" },
  { file: "src/extension/page/a.ts", code: value("../../receipt/x.ts"), rule: "shared-files-stay-light" },
  { file: "src/extension/page/b.ts", code: value("../popup/c.ts"), rule: "shared-files-stay-light" },
  { file: "src/extension/popup/c.ts", code: value("../background/x.ts"), rule: "contexts-speak-by-message" },
  { file: "src/client/b.ts", code: value("node:fs"), rule: "portable-folders-import-no-node-module" },
  { file: "src/client/c.ts", code: value("fs"), rule: "portable-folders-import-no-node-module" },
  { file: "src/extension/background/c.ts", code: value("../../client/b.ts"), rule: "extension-reaches-no-node-module" },
  { file: "src/receipt/c.ts", code: value("./d.ts"), rule: "no-cycle" },
  { file: "src/broker/b.ts", code: value("jose"), rule: "importers-of-jose" },
  { file: "src/broker/c.ts", code: type("jose"), rule: "importers-of-jose" },
  { file: "src/crypto/b.ts", code: value("saxes"), rule: "importers-of-saxes" },
  { file: "src/extension/background/d.ts", code: value("dompurify"), rule: "importers-of-dompurify" },
  {
    file: "src/extension/popup/d.ts",
    code: type("webextension-polyfill"),
    rule: "importers-of-webextension-polyfill",
  },
  { file: "src/client/d.ts", code: type("ws"), rule: "importers-of-ws" },
  { file: "src/node/b.ts", code: value("libsql"), rule: "importers-of-libsql" },
  { file: "src/broker/pg.ts", code: value("pg"), rule: "importers-of-pg" },
  { file: "src/broker/d.ts", code: value("commander"), rule: "importers-of-commander" },
  { file: "src/node/c.ts", code: value("playwright-core"), rule: "no-development-package" },
  { file: "src/node/d.ts", code: value("vite"), rule: "known-packages-only" },
  { file: "src/node/e.ts", code: value("./missing.ts"), rule: "resolvable" },
  { file: "test/broker/plain-a.mjs", code: value("../../src/protocol/x.ts"), rule: "plain-clients-import-node-alone" },
  { file: "test/broker/plain-b.mjs", code: value("../../dist/node/x.js"), rule: "plain-clients-import-node-alone" },
  { file: "test/broker/plain-c.mjs", code: value("jose"), rule: "plain-clients-import-node-alone" },
  { file: "test/broker/plain-d.mjs", code: value("../x.ts"), rule: "plain-clients-import-node-alone" },
  {
    file: "test/docs/plain-e.mjs",
    code: 'export const ours = await import("mesh-confirm/protocol");\n',
    rule: "plain-clients-import-node-alone",
  },
];

const ALLOWED: readonly Omit<Plant, "rule">[] = [
  { file: "src/extension/popup/ok.ts", code: type("../../srml/x.ts") },
  { file: "src/extension/popup/ok2.ts", code: value("dompurify") },
  { file: "src/extension/browser.ts", code: value("webextension-polyfill") },
  { file: "src/extension/background/ok.ts", code: value("../../crypto/x.ts") },
  { file: "src/extension/page/ok.ts", code: value("../../protocol/x.ts") },
  { file: "src/extension/popup/ok3.ts", code: `import { y } from "../page/ok.ts";\nexport const z = y;\n` },
  { file: "src/node/ok.ts", code: value("node:fs") },
  { file: "src/crypto/ok.ts", code: value("jose") },
  { file: "src/demo/ok.ts", code: value("playwright-core") },
  { file: "src/cli/ok.ts", code: value("../broker/x.ts") },
  { file: "test/broker/plain-ok.mjs", code: `${value("node:crypto")}export * from "./plain-tools.mjs";\n` },
  { file: "test/broker/plain-tools.mjs", code: "export const x = 1;\n" },
];

describe("the import table", () => {
  const tree = mkdtempSync(join(tmpdir(), "mesh-confirm-imports-"));
  let reported: readonly string[] = [];

  function plant(file: string, code: string): void {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), code);
  }

  beforeAll(() => {
    for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"])
      cpSync(join(ROOT, name), join(tree, name));
    symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"), "junction");
    for (const folder of [...TARGETS, "demo", "extension/background"])
      plant(`src/${folder}/x.ts`, "export const x = 1;\nexport type X = number;\n");
    plant("src/receipt/d.ts", type("./c.ts"));
    plant("test/x.ts", "export type X = number;\n");
    for (const { file, code } of [...FORBIDDEN, ...ALLOWED]) plant(file, code);

    const output = execFileSync(process.execPath, [CRUISER, "src", "test/**/plain-*.mjs", "--output-type", "json"], {
      cwd: tree,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const { summary } = JSON.parse(output) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    reported = summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
  });

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(FORBIDDEN)("reports $file by $rule", ({ file, rule }) => {
    expect(reported).toContain(`${file} ${rule}`);
  });

  it.each(ALLOWED)("lets $file pass", ({ file }) => {
    expect(reported.filter((line) => line.startsWith(`${file} `))).toEqual([]);
  });

  it("reports nothing in the files that import nothing", () => {
    expect(reported.filter((line) => line.includes("/x.ts "))).toEqual([]);
  });
});
