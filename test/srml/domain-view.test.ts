/** A sender's domain: read in its own letters, and compared with those that the user knows. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { domainToASCII } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePunycode } from "../../src/srml/punycode.ts";
import { viewDomain } from "../../src/srml/index.ts";
import { aLabel } from "./a-label.ts";

const GENERATOR = new URL("generate-domain-tables.mjs", import.meta.url);
const GENERATED = new URL("../../src/srml/domain-tables.generated.ts", import.meta.url);

/** What a registry would make of it, by Node's own encoder. */
const ascii = (domain: string) => {
  const encoded = domainToASCII(domain);
  if (encoded === "") throw new Error(`${domain} is no domain.`);
  return encoded;
};
const view = (domain: string, ...known: readonly string[]) => viewDomain(ascii(domain), known.map(ascii));

test("the tables are what the generator writes, and small enough for the extension", { timeout: 60_000 }, () => {
  const written = execFileSync(process.execPath, [GENERATOR.pathname, "--print"], { encoding: "utf8" });
  expect(readFileSync(GENERATED, "utf8") === written).toBe(true);
  expect(written.length).toBeLessThan(12_000);
});

describe("Punycode", () => {
  test.each([
    ["egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟"],
    ["ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"],
    ["Proprostnemluvesky-uyb24dma41a", "Pročprostěnemluvíčesky"],
    ["4dbcagdahymbxekheh6e0a7fei0b", "למההםפשוטלאמדבריםעברית"],
    ["3B-ww4c5e180e575a65lsy2b", "3年B組金八先生"],
    ["-> $1.00 <--", "-> $1.00 <-"],
    ["", ""],
  ])("%s is decoded as RFC 3492 §7.1 says", (encoded, decoded) => {
    expect(decodePunycode(encoded)).toBe(decoded);
  });

  test("what Node encodes is decoded to the same, whatever the letters", () => {
    const letters = Array.from("abcxyz059-äößéłøабвгґєάβγςאבגابپจกขअआक世界葛あア한글𠮷");
    const label = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(label, (text) => {
        const encoded = domainToASCII(text);
        fc.pre(encoded.startsWith("xn--"));
        expect(decodePunycode(encoded.slice(4))).toBe(text.normalize("NFC"));
      }),
    );
  });

  test.each(["-abc", "a-!", "abc-A", "99999999", "a-999999999999", "b", "a-kvä"])("%s is none", (text) => {
    expect(decodePunycode(text)).toBeUndefined();
  });

  test("of any text it says yes or no, and never to two texts the same", () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{0,12}$/), (text) => {
        const decoded = decodePunycode(text);
        if (decoded === undefined) return;
        expect(seen.get(decoded) ?? text).toBe(text);
        seen.set(decoded, text);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("an internationalised domain is read", () => {
  test.each([
    "bücher.example",
    "straße.example",
    "παράδειγμα.example",
    "пример.рф",
    "россия-сегодня.рф",
    "مثال.إختبار",
    "نامه\u200Cای.com",
    "דוגמה.example",
    "उदाहरण.भारत",
    "தமிழ்.example",
    "ไทย.example",
    "例え.テスト",
    "中国移动.中国",
    "한국어.kr",
    "ビジネスcafe.jp",
    "việtnam.vn",
    "ශ්\u200Dරී.lk",
  ])("%s", (domain) => {
    expect(view(domain)).toEqual({
      ascii: ascii(domain),
      unicode: domain.normalize("NFC"),
      mixesScripts: false,
      resembles: undefined,
    });
  });

  test.each([
    ["a plain one", "example.com"],
    ["a broken A-label", "xn--99999999.com"],
    ["an A-label of ASCII alone", `${aLabel("paypal")}.com`],
    ["an emoji", `${aLabel("i❤")}.ws`],
    ["letters of a script that is not in use", `${aLabel("𐌰𐌱")}.example`],
    ["a joiner that joins nothing", `${aLabel("pay\u200Cpal")}.com`],
    ["a decomposed letter", `${aLabel("bu\u0308cher")}.example`],
    ["a capital", `${aLabel("Éxample")}.com`],
    ["a letter of full width", `${aLabel("ｐaypal")}.com`],
    ["a slash of another script", `${aLabel("paypal.com⁄x")}.com`],
    ["a dot of another script", `${aLabel("paypal。com")}.com`],
    ["an invisible letter", `${aLabel("paypal\u3164")}.com`],
    ["an override", `${aLabel("moc\u202E")}.com`],
    ["a combining mark first", `${aLabel("\u0301a")}.com`],
    ["five marks in a row", `${aLabel("q\u0325\u0325\u0325\u0325\u0325")}.com`],
  ])("%s stays in ASCII: %s", (_, domain) => {
    expect(viewDomain(domain, [])).toEqual({
      ascii: domain,
      unicode: undefined,
      mixesScripts: false,
      resembles: undefined,
    });
  });
});

describe("a domain that mixes scripts is said to", () => {
  test.each(["pаypal.com", "аpple.com", "gοοgle.com", "bаnk.example", "teѕt.example", "пaypal.рф", "例еx.com"])(
    "%s",
    (domain) => {
      expect(view(domain).mixesScripts).toBe(true);
    },
  );

  test.each(["bücher.com", "яндекс.com", "日本語kanji.jp", "kt올레.kr", "ㄅㄆ注音abc.tw", "bank-24.example"])(
    "%s does not",
    (domain) => {
      expect(view(domain).mixesScripts).toBe(false);
    },
  );
});

describe("a domain that looks like a known one is said to", () => {
  test.each([
    ["a one for an l", "paypa1.com", "paypal.com"],
    ["a zero for an o", "g00gle.com", "google.com"],
    ["rn for m", "rnybank.com", "mybank.com"],
    ["vv for w", "vvellsfargo.com", "wellsfargo.com"],
    ["a Cyrillic a", "pаypal.com", "paypal.com"],
    ["Cyrillic throughout", "аррӏе.com", "apple.com"],
    ["Greek letters", "gοοgle.com", "google.com"],
    ["Armenian letters", "gօօgle.com", "google.com"],
    ["accents", "páypal.com", "paypal.com"],
    ["a dotless i", "cıtibank.com", "citibank.com"],
    ["a stroke", "łinkedin.com", "linkedin.com"],
    ["the plain name of an accented one", "munchen.de", "münchen.de"],
    ["Latin for Cyrillic", "copa.com", "сора.com"],
    ["a look-alike behind other labels", "secure.login.paypa1.com", "paypal.com"],
    ["a look-alike of the end of a longer one", "ethe1.example", "bank.ethel.example"],
    ["a look-alike of the last label", "paypal.corn", "paypal.com"],
    ["a ZWNJ in a Persian name", "کار\u200Cها.com", "کارها.com"],
  ])("%s: %s", (_, domain, known) => {
    expect(view(domain, "other.example", known).resembles).toBe(ascii(known));
  });

  test.each([
    ["itself", "paypal.com", ["paypal.com"]],
    ["a part of it", "mail.paypal.com", ["paypal.com"]],
    ["a whole of which a part is known", "paypal.com", ["mail.paypal.com"]],
    ["another name", "pal.com", ["paypal.com"]],
    ["a known one that looks like another known one", "paypa1.com", ["paypal.com", "paypa1.com"]],
    ["another name under the same end", "bank.co.uk", ["shop.co.uk"]],
    ["localhost beside a name", "example.1ocalhost", ["localhost"]],
    ["nothing known", "paypa1.com", []],
  ])("%s is not: %s", (_, domain, known) => {
    expect(view(domain, ...known).resembles).toBeUndefined();
  });

  test("whatever the names, it answers, and a known name never resembles itself", () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,12}(\.(xn--)?[a-z0-9-]{1,12}){0,3}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(viewDomain(one, [one]).resembles).toBeUndefined();
        expect(viewDomain(one, [other]).resembles ?? other).toBe(other);
      }),
    );
  });
});
