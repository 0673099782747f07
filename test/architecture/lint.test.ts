/**
 * The rules of the lint that encode this project's decisions can fail: each line here is refused in its folder, and
 * allowed where the rule says so. Types are left out, since the lines are in no program.
 */
import { ESLint } from "eslint";
import { resolve } from "node:path";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

const linter = new ESLint({
  cwd: ROOT,
  overrideConfig: [
    {
      files: ["**/*.ts"],
      ...tseslint.configs.disableTypeChecked,
      languageOptions: { parserOptions: { projectService: false, program: null } },
    },
  ],
});

async function rulesBroken(file: string, code: string): Promise<readonly string[]> {
  const [result] = await linter.lintText(code, { filePath: resolve(ROOT, file) });
  if (result === undefined) throw new Error(`${file} was not linted`);
  return result.messages.map((message) => message.ruleId ?? message.message);
}

const REFUSED: readonly (readonly [rule: string, file: string, code: string])[] = [
  ["no-restricted-globals", "src/protocol/a.ts", "export const a: unknown = process.env;"],
  ["no-restricted-globals", "src/client/a.ts", 'export const a: unknown = Buffer.from("");'],
  ["no-restricted-globals", "src/extension/background/a.ts", "export const a: unknown = __dirname;"],
  ["no-restricted-globals", "src/extension/background/a.ts", "export const a: unknown = chrome.storage;"],
  ["no-restricted-globals", "src/responder/a.ts", "setTimeout(() => undefined, 1);"],
  ["no-restricted-globals", "src/receipt/a.ts", 'export const a: unknown = fetch("https://example.com");'],
  ["no-restricted-syntax", "src/responder/a.ts", "export const a: number = Date.now();"],
  ["no-restricted-syntax", "src/receipt/a.ts", "export const a: Date = new Date();"],
  ["no-restricted-syntax", "src/protocol/a.ts", "export const a: number = Math.random();"],
  ["no-restricted-syntax", "src/srml/a.ts", "export const a: number = Date.now();"],
  ["no-restricted-syntax", "src/srml/a.ts", "export const a: RegExp = /\\p{L}/u;"],
  ["no-restricted-syntax", "src/srml/a.ts", "export const a: RegExp = /[^\\P{L}]/u;"],
  ["no-restricted-syntax", "src/srml/a.ts", 'export const a: RegExp = new RegExp("\\\\p{L}", "u");'],
  ["no-restricted-syntax", "src/srml/a.ts", "export const a: RegExp = new RegExp(`\\\\p{L}`, `u`);"],
  ["no-restricted-properties", "src/extension/popup/a.ts", 'document.body.innerHTML = "";'],
  ["no-restricted-properties", "src/extension/popup/a.ts", 'document.body["outerHTML"] = "";'],
  ["no-restricted-properties", "src/extension/options/a.ts", 'document.body.insertAdjacentHTML("beforeend", "");'],
  ["no-restricted-properties", "src/extension/options/a.ts", 'document.write("");'],
  ["no-eval", "src/extension/options/a.ts", 'eval("1");'],
  ["no-new-func", "src/extension/options/a.ts", 'new Function("1");'],
  ["no-restricted-imports", "src/enquirer/a.ts", 'export { sign } from "jose";'],
  ["no-restricted-imports", "src/extension/popup/a.ts", 'import type { Runtime } from "webextension-polyfill";'],
  ["no-restricted-imports", "src/extension/browser.ts", 'import type { JWK } from "jose";'],
  ["no-restricted-imports", "src/crypto/a.ts", 'import type { Runtime } from "webextension-polyfill";'],
  ["@typescript-eslint/consistent-type-assertions", "src/client/a.ts", "export const a: string = 1 as never;"],
  ["@typescript-eslint/no-explicit-any", "src/client/a.ts", "export const a: any = 1;"],
  ["@typescript-eslint/no-non-null-assertion", "src/client/a.ts", "export const a = (b?: string): string => b!;"],
  ["@typescript-eslint/no-explicit-any", "test/client/a.test.ts", "export const a: any = 1;"],
  ["no-restricted-syntax", "test/client/a.test.ts", 'it.only("x", () => undefined);'],
  ["max-lines", "src/client/a.ts", "export const a = 1;\n".repeat(251)],
];

const ALLOWED: readonly (readonly [file: string, code: string])[] = [
  ["src/protocol/a.ts", "export const a: string = 1 as never;"],
  ["src/srml/parse.ts", "export const a: string = 1 as never;"],
  ["src/client/a.ts", "export const a = [1] as const;"],
  ["src/client/a.ts", "export const a: number = Date.now();"],
  ["src/responder/a.ts", "export const a = (now: number): Date => new Date(now);"],
  ["src/crypto/a.ts", 'import type { JWK } from "jose";\nexport type A = JWK;'],
  [
    "src/extension/browser.ts",
    'import type { Runtime } from "webextension-polyfill";\nexport type A = Runtime.Static;',
  ],
  ["src/extension/browser.ts", "export const a: number = Date.now();"],
  ["src/node/a.ts", "export const a: unknown = process.env;"],
  ["test/client/a.test.ts", "export const a: string = 1 as never;"],
];

describe("the lint", () => {
  it.each(REFUSED)("refuses by %s in %s", async (rule, file, code) => {
    expect(await rulesBroken(file, code)).toContain(rule);
  });

  it.each(ALLOWED)("lets pass in %s: %s", async (file, code) => {
    expect(await rulesBroken(file, code)).toEqual([]);
  });
});
