/** Real sentences pass the gate and come back exactly as they were written. */
import { describe, expect, test } from "vitest";
import { gateText, parseSrml, writeSrml } from "../../src/srml/index.ts";
import { SENTENCES } from "./sentences.ts";

describe("what people write comes through unchanged", () => {
  test.each(SENTENCES)("$what: $text", ({ text }) => {
    gateText(text, "name");
    expect(parseSrml(writeSrml({ heading: text, paragraphs: [text], buttons: [{ label: "ok" }] }))).toEqual({
      heading: text,
      paragraphs: [text],
      buttons: [{ label: "ok" }],
    });
  });

  test("the names of countries pass in every language that the engine knows, but for spaces without width", () => {
    const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
    const pairs = letters.flatMap((first) => letters.map((second) => first + second));
    const refused = new Map<string, number>();
    let count = 0;
    for (const language of Intl.DisplayNames.supportedLocalesOf(pairs)) {
      const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
      for (const name of pairs.map((pair) => names.of(pair.toUpperCase())).filter((one) => one !== undefined)) {
        count += 1;
        try {
          gateText(name, "name");
        } catch (error) {
          const point = /U\+[0-9A-F]+/.exec(String(error))?.[0] ?? String(error);
          refused.set(point, (refused.get(point) ?? 0) + 1);
        }
      }
    }
    expect(count).toBeGreaterThan(20_000);
    // U+200B between the words of Khmer and Lao; joiners that are typing errors in the names' list.
    const {
      "U+200B": spaces = 0,
      "U+200C": nonJoiners = 0,
      "U+200D": joiners = 0,
      ...others
    } = Object.fromEntries(refused);
    expect(others).toEqual({});
    expect(spaces / count).toBeLessThan(0.01);
    expect((nonJoiners + joiners) / count).toBeLessThan(0.001);
  });
});
