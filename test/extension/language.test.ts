/** Numbers, plurals and dates follow the language of the words, whatever the browser calls its own. */
import { speak } from "../support/extension-api.ts";
import { expect, it } from "vitest";

// After the browser's interface is there.
const { counted, locale } = await import("../../src/extension/language.ts");
const { ago, dateAndTime, span } = await import("../../src/extension/page/times.ts");

it("are those of the browser's region where the words are in its language", () => {
  speak("pt_BR", "pt-PT");
  expect(locale()).toBe("pt-PT");
  speak("de", "de-CH");
  expect(locale()).toBe("de-CH");
});

it("are those of the words where these are in another language", () => {
  speak("en", "sv-SE");
  expect(locale()).toBe("en");
});

it.each(["pt_BR", "en-US@posix", "C", "", "i", "de_DE.UTF-8", "x-private", "und"])(
  "are those of the words where the browser calls its language %j, and nothing fails",
  (language) => {
    speak("pt_BR", language);
    expect(locale()).toBe("pt-BR");
    expect(counted("badgeTitle", 1)).not.toBe("");
    for (const text of [span(90_000, locale()), ago(90_000, locale()), dateAndTime(0, locale())])
      expect(text).not.toBe("");
  },
);
