/** The words of the extension: none is missing, none is left over, and each takes the parts that it is given. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  CONNECT_FAILURES,
  PIN_CHECKS,
  PIN_FAILURES,
  POLICY_FAILURES,
  WAITING,
} from "../../src/extension/options/words.ts";
import { BLOCKS, NOT_COUNTED, REFUSALS, TRUST, WAITS } from "../../src/extension/popup/words.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "src/extension");
const MESSAGES = JSON.parse(readFileSync(join(ROOT, "public/_locales/en/messages.json"), "utf8")) as Record<
  string,
  { readonly message: string }
>;
const SOURCES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(FOLDER, name), "utf8"))
  .join("\n");
const MANIFEST = readFileSync(join(ROOT, "manifest.json"), "utf8");

const sentences = [
  ...Object.values(CONNECT_FAILURES).map(({ key }) => key),
  ...Object.values(PIN_FAILURES).map(({ key }) => key),
  ...Object.values(NOT_COUNTED).filter((key) => key !== undefined),
  ...Object.values(POLICY_FAILURES),
  ...Object.values(WAITING),
  ...Object.values(BLOCKS),
  ...Object.values(REFUSALS),
  ...Object.values(TRUST).map(({ why }) => why),
];
const words = [...Object.values(WAITS), ...Object.values(PIN_CHECKS), ...Object.values(TRUST).map(({ word }) => word)];

describe("the words of the extension", () => {
  it("has every text that the source asks for by name", () => {
    const asked = [...SOURCES.matchAll(/\b(?:i18n|sentence)\(\s*"([^"@]+)"/g)].map((match) => match[1] ?? "");
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((key) => !Object.hasOwn(MESSAGES, key))).toEqual([]);
  });

  it.each([...sentences, ...words])("has %s", (key) => {
    expect(MESSAGES[key]?.message).toBeTruthy();
  });

  it.each(sentences)("says %s in whole sentences", (key) => {
    expect(MESSAGES[key]?.message).toMatch(/^[A-Z].{15,}\.$/);
  });

  it("has no text that nothing shows", () => {
    const unused = Object.keys(MESSAGES).filter(
      (key) => !SOURCES.includes(`"${key}"`) && !MANIFEST.includes(`__MSG_${key}__`),
    );
    expect(unused).toEqual([]);
  });

  it("numbers the parts of each text from 1, without a gap", () => {
    for (const [key, { message }] of Object.entries(MESSAGES)) {
      const parts = new Set([...message.matchAll(/\$(\d)/g)].map((match) => Number(match[1])));
      expect([...parts].sort(), key).toEqual([...parts].map((_, index) => index + 1));
    }
  });
});
