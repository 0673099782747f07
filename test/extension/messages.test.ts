/** The words of the extension, in each language: none is missing, none is left over, none is too long for its place. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  BACKUP_FAILURES,
  CONNECT_FAILURES,
  PIN_CHECKS,
  PIN_FAILURES,
  POLICY_FAILURES,
  WAITING,
} from "../../src/extension/options/words.ts";
import { REFUSALS, TRUST } from "../../src/extension/page/outcome.ts";
import { BLOCKS, NOT_COUNTED, WAITS } from "../../src/extension/popup/words.ts";

type Messages = Readonly<Record<string, { readonly message: string; readonly description?: string }>>;

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "src/extension");
const LOCALES = join(ROOT, "public/_locales");
const ENGLISH = messagesOf("en");
const SOURCES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(FOLDER, name), "utf8"))
  .join("\n");
const MANIFEST = readFileSync(join(ROOT, "manifest.json"), "utf8");

/** A key of a text with a count, and its plural form. */
const COUNTED = /^(.+)_(zero|one|two|few|many|other)$/;
/** Texts that the browsers' lists and stores cut. */
const STORE_LIMITS: Readonly<Record<string, number>> = { extensionName: 45, extensionDescription: 132 };
/** How much longer than the English a text may be, in characters that take the room of one Latin letter. */
const LONGER = { times: 1.6, plus: 12 };

const sentences = [
  ...Object.values(CONNECT_FAILURES).map(({ key }) => key),
  ...Object.values(PIN_FAILURES).map(({ key }) => key),
  ...Object.values(NOT_COUNTED).filter((key) => key !== undefined),
  ...Object.values(POLICY_FAILURES),
  ...Object.values(BACKUP_FAILURES),
  ...Object.values(WAITING),
  ...Object.values(BLOCKS),
  ...Object.values(REFUSALS),
  ...Object.values(TRUST).map(({ why }) => why),
];
const words = [...Object.values(WAITS), ...Object.values(PIN_CHECKS), ...Object.values(TRUST).map(({ word }) => word)];

function messagesOf(language: string): Messages {
  return JSON.parse(readFileSync(join(LOCALES, language, "messages.json"), "utf8")) as Messages;
}

const baseOf = (key: string): string => COUNTED.exec(key)?.[1] ?? key;
const isCounted = (key: string): boolean => Object.hasOwn(ENGLISH, `${key}_other`);
const partsOf = (message: string): readonly string[] => [...new Set(message.match(/\$\d/g))].sort();
/** The room that a text takes, in Latin letters: a letter of Chinese or Japanese is as wide as two. */
const roomOf = (message: string): number =>
  [...message].reduce((room, letter) => room + (letter < "\u2e80" ? 1 : 2), 0);

describe("the words of the extension", () => {
  it("has every text that the source asks for by name, and the plural forms of those with a count", () => {
    const asked = [...SOURCES.matchAll(/\b(?:i18n|sentence)\(\s*"([^"@]+)"/g)].map((match) => match[1] ?? "");
    const counted = [...SOURCES.matchAll(/\bcounted\(\s*"([^"]+)"/g)].map((match) => `${match[1] ?? ""}_other`);
    expect(asked.length).toBeGreaterThan(30);
    expect(counted.length).toBeGreaterThan(3);
    expect([...asked, ...counted].filter((key) => !Object.hasOwn(ENGLISH, key))).toEqual([]);
  });

  it.each([...sentences, ...words])("has %s", (key) => {
    expect(ENGLISH[key]?.message).toBeTruthy();
  });

  it.each(sentences)("says %s in whole sentences", (key) => {
    expect(ENGLISH[key]?.message).toMatch(/^[A-Z].{15,}\.$/);
  });

  it("has no text that nothing shows", () => {
    const unused = Object.keys(ENGLISH).filter(
      (key) => !SOURCES.includes(`"${baseOf(key)}"`) && !MANIFEST.includes(`__MSG_${key}__`),
    );
    expect(unused).toEqual([]);
  });

  it("numbers the parts of each text from 1, without a gap", () => {
    for (const [key, { message }] of Object.entries(ENGLISH))
      expect(partsOf(message), key).toEqual(partsOf(message).map((_, index) => `$${index + 1}`));
  });
});

describe.each(readdirSync(LOCALES))("the words in %s", (language) => {
  const messages = messagesOf(language);
  const text = (key: string): string => messages[key]?.message ?? "";

  it("names its language and direction as Intl knows them", () => {
    expect(text("languageTag")).toBe(language.replace("_", "-"));
    expect(text("languageDirection")).toBe(language === "ar" ? "rtl" : "ltr");
  });

  it("has each text once, and each plural form of the language", () => {
    const forms = new Intl.PluralRules(text("languageTag")).resolvedOptions().pluralCategories;
    const wanted = [...new Set(Object.keys(ENGLISH).map(baseOf))].flatMap((key) =>
      isCounted(key) ? forms.map((form) => `${key}_${form}`) : [key],
    );
    expect(Object.keys(messages).sort()).toEqual(wanted.sort());
    expect(Object.keys(messages).filter((key) => text(key).trim() === "")).toEqual([]);
  });

  it("puts in what the English does: a form for one or two alone may say the number itself", () => {
    for (const [key, { message }] of Object.entries(messages)) {
      const [, base, form = ""] = COUNTED.exec(key) ?? [];
      const english = ENGLISH[base === undefined ? key : `${base}_other`]?.message ?? "";
      const maySay = ["zero", "one", "two"].includes(form) && !partsOf(message).includes("$1");
      expect(partsOf(message), key).toEqual(partsOf(english).filter((part) => !(maySay && part === "$1")));
    }
  });

  it("has no text that is too long for its place, and none with a character that is not seen", () => {
    for (const [key, { message }] of Object.entries(messages)) {
      const english = ENGLISH[key]?.message ?? ENGLISH[`${baseOf(key)}_other`]?.message ?? "";
      const room = STORE_LIMITS[key] ?? Math.ceil(english.length * LONGER.times) + LONGER.plus;
      expect(roomOf(message), `${key}: ${message}`).toBeLessThanOrEqual(room);
      expect(message, key).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]|\s\s|^\s|\s$/u);
    }
  });

  if (language !== "en")
    it("is not English", () => {
      const same = Object.keys(messages).filter(
        (key) => text(key) === ENGLISH[key]?.message && /\p{L}/u.test(text(key)) && text(key).includes(" "),
      );
      expect(same.filter((key) => key !== "extensionName")).toEqual([]);
    });
});
