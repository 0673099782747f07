import { describe, expect, test } from "vitest";
import { gateText, type SrmlErrorCode } from "../../src/srml/index.ts";
import { refusalOf } from "./refusal.ts";

const PASSES: readonly (readonly [what: string, text: string])[] = [
  ["English", "Pay “Ethel & Co.” $1,000.00 – really?"],
  ["German", "Überweisung über 1.000 € an Jörg Weiß"],
  ["French in decomposed form", "de\u0301ja\u0300 vu"],
  ["Vietnamese in decomposed form", "Vie\u0323\u0302t Nam"],
  ["Greek", "Πληρωμή 100 €"],
  ["Russian", "Перевести 100 ₽ Ивану"],
  ["Arabic with vowel signs", "تَحْوِيلٌ إِلَى مُحَمَّدٍ ١٠٠"],
  ["Hebrew with points and an accent", "בְּרֵאשִׁ֖ית שָׁלוֹם"],
  ["Persian with ZWNJ after a joining letter", "می\u200Cخواهم کتاب\u200Cها را بخرم"],
  ["Persian with ZWNJ after a letter that does not join", "کار\u200Cها"],
  ["Persian with ZWNJ after a vowel sign", "دِ\u200Cها"],
  ["Arabic with ZWNJ before a vowel sign, as RFC 5892 A.1 has it", "ب\u200C\u064Eب"],
  ["Urdu", "رقم کی ادائیگی"],
  ["Hindi", "भुगतान की पुष्टि करें"],
  ["Hindi with ZWJ after a virama", "क्\u200Dष"],
  ["Hindi with ZWNJ after a virama", "क्\u200Cष"],
  ["Bengali", "টাকা পাঠান"],
  ["Bengali with ZWJ before the virama of ya-phala", "র\u200D্যাব"],
  ["Assamese with a nukta before that ZWJ", "য\u09BC\u200D্য"],
  ["Kannada with ZWJ between ra and virama", "ಸರ\u200D್ಕಾರ"],
  ["Tamil with ZWNJ", "க்\u200Cஷ"],
  ["Malayalam with ZWJ", "അവന്\u200D"],
  ["Sinhala with ZWJ", "ශ්\u200Dරී ලංකා"],
  ["Burmese", "မြန်မာနိုင်ငံ သင်္ဘော"],
  ["Khmer", "ព្រះរាជាណាចក្រកម្ពុជា"],
  ["Tibetan", "བསྒྲུབས་པ"],
  ["Thai", "ยืนยันการโอนเงิน ที่นี่"],
  ["Amharic", "ክፍያ ያረጋግጡ"],
  ["Korean", "결제를 승인하시겠습니까?"],
  ["Korean in conjoining letters", "\u1100\u1161\u11A8"],
  ["Chinese", "确认付款一千元"],
  ["Japanese", "お支払いを確認してください、葛飾区"],
  ["a Japanese name with a registered variant", "葛\u{E0100}城市の辻\u{E0100}さん、渡邉\u{E0101}"],
  ["text that mixes directions", "העבר 100 USD אל Ethel Bank"],
  ["a right-to-left mark beside Hebrew", "שלום (abc)\u200F!"],
  ["a left-to-right mark beside Arabic", "رقم \u200E+49 30\u200E"],
  ["an Arabic letter mark beside Arabic", "\u061C١٠٠ ريال"],
  ["emoji", "😀 👍 ✅"],
  ["an emoji in emoji style and in text style", "❤\uFE0F ☎\uFE0E ⌚\uFE0E ⌚\uFE0F ©\uFE0F"],
  ["a skin tone", "👍🏽 ☝🏻"],
  ["a keycap", "1\uFE0F\u20E3 #\uFE0F\u20E3"],
  ["a flag", "🇩🇪🇧🇷"],
  ["the flag of Scotland, made of tags", "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}"],
  ["a family", "👨\u200D👩\u200D👧\u200D👦"],
  ["a profession with a skin tone", "👩🏾\u200D🚀"],
  ["a couple with two skin tones", "👩🏻\u200D❤\uFE0F\u200D👨🏿"],
  ["a rainbow flag", "🏳\uFE0F\u200D🌈"],
  ["a joined emoji without its U+FE0F", "🏳\u200D🌈 ❤\u200D🔥"],
  ["a joined emoji with U+FE0F and a mark after it", "🕵\uFE0F\u200D♂\uFE0F\u20E0"],
  ["four marks in a row", "a\u0301\u0302\u0303\u0304"],
  ["four marks in a row, twice", "a\u0301\u0302\u0303\u0304b\u0301\u0302\u0303\u0304"],
  ["the replacement character, which is visible", "\uFFFD"],
  ["nothing at all", ""],
];

describe("what people write passes", () => {
  test.each(PASSES)("%s", (_, text) => {
    gateText(text, "text");
    gateText(text, "name");
  });

  test("line feed and tab are white space in a text", () => {
    gateText("a\n\tb", "text");
  });
});

const REFUSED: readonly (readonly [what: string, named: string, text: string])[] = [
  ["a bidi override", "U+202E RIGHT-TO-LEFT OVERRIDE", "Pay \u202E0001"],
  ["a bidi override in Arabic", "U+202D LEFT-TO-RIGHT OVERRIDE", "رقم \u202D12"],
  ["a bidi embedding", "U+202A LEFT-TO-RIGHT EMBEDDING", "a\u202Ab\u202C"],
  ["the end of an embedding", "U+202C POP DIRECTIONAL FORMATTING", "a\u202C"],
  ["a bidi isolate", "U+2067 RIGHT-TO-LEFT ISOLATE", "a\u2067b\u2069"],
  ["the end of an isolate", "U+2069 POP DIRECTIONAL ISOLATE", "a\u2069"],
  ["a direction mark in text without right-to-left letters", "U+200F RIGHT-TO-LEFT MARK", "Pay 1\u200F000"],
  ["a left-to-right mark in English", "U+200E LEFT-TO-RIGHT MARK", "a\u200Eb"],
  ["two direction marks in a row", "U+200E LEFT-TO-RIGHT MARK", "שלום\u200E\u200Fa"],
  ["a zero width space", "U+200B ZERO WIDTH SPACE", "pay\u200Bpal"],
  ["a word joiner", "U+2060 WORD JOINER", "pay\u2060pal"],
  ["a soft hyphen", "U+00AD SOFT HYPHEN", "pay\u00ADpal"],
  ["a byte order mark", "U+FEFF ZERO WIDTH NO-BREAK SPACE", "\uFEFFa"],
  ["a combining grapheme joiner", "U+034F COMBINING GRAPHEME JOINER", "a\u034Fb"],
  ["a Hangul filler", "U+3164 HANGUL FILLER", "a\u3164b"],
  ["a Hangul filler of half width", "U+FFA0 HALFWIDTH HANGUL FILLER", "a\uFFA0b"],
  ["a Hangul choseong filler", "U+115F HANGUL CHOSEONG FILLER", "\u115F\u1161"],
  ["a Khmer vowel that is not written", "U+17B4 KHMER VOWEL INHERENT AQ", "ក\u17B4"],
  ["a Mongolian variant", "U+180B MONGOLIAN FREE VARIATION SELECTOR ONE", "ᠮ\u180B"],
  ["the start of a musical beam", "U+1D173 MUSICAL SYMBOL BEGIN BEAM", "\u{1D173}"],
  ["a shorthand control", "U+1BCA0 SHORTHAND FORMAT LETTER OVERLAP", "a\u{1BCA0}b"],
  ["a deprecated digit shape", "U+206F NOMINAL DIGIT SHAPES", "1\u206F2"],
  ["an invisible code point that is not assigned", "U+2065 (not assigned in Unicode 16.0)", "a\u2065b"],
  ["a space without width in Khmer", "U+200B ZERO WIDTH SPACE", "ភាសា\u200Bខ្មែរ"],
  ["an amount in Hebrew format that stands alone", "U+200F RIGHT-TO-LEFT MARK", "\u200F1,234.50 \u200F₪"],
  ["an invisible times sign", "U+2062 INVISIBLE TIMES", "2\u2062x"],
  ["a Mongolian vowel separator", "U+180E MONGOLIAN VOWEL SEPARATOR", "a\u180E"],
  ["a control", "U+0007 (a control character)", "a\u0007"],
  ["the escape that starts a terminal's sequence", "U+001B (a control character)", "\u001B[2J"],
  ["a carriage return", "U+000D (a control character)", "a\rb"],
  ["a C1 control", "U+009B (a control character)", "\u009B2J"],
  ["a line separator", "U+2028 LINE SEPARATOR", "a\u2028b"],
  ["a paragraph separator", "U+2029 PARAGRAPH SEPARATOR", "a\u2029b"],
  ["private use", "U+E000 (private use)", "\uE000"],
  ["private use in the last plane", "U+10FFFD (private use)", "\u{10FFFD}"],
  ["an unassigned code point", "U+0378 (not assigned in Unicode 16.0)", "\u0378"],
  ["a character of a later Unicode version", "U+20C1 (not assigned in Unicode 16.0)", "\u20C1"],
  ["a noncharacter", "U+FFFF (not assigned in Unicode 16.0)", "\uFFFF"],
  ["a noncharacter of the last plane", "U+10FFFF (not assigned in Unicode 16.0)", "\u{10FFFF}"],
  ["the first half of a surrogate pair", "U+D83D (half of a surrogate pair)", "a\uD83D"],
  ["the second half of a surrogate pair", "U+DE00 (half of a surrogate pair)", "\uDE00a"],
  ["an interlinear annotation", "U+FFF9 INTERLINEAR ANNOTATION ANCHOR", "\uFFF9a\uFFFAb\uFFFB"],
  ["an object placeholder", "U+FFFC OBJECT REPLACEMENT CHARACTER", "\uFFFC"],
  ["ZWNJ in Latin", "U+200C ZERO WIDTH NON-JOINER", "pay\u200Cpal"],
  ["ZWNJ at the start", "U+200C ZERO WIDTH NON-JOINER", "\u200Cمی"],
  ["ZWNJ at the end of a Persian word", "U+200C ZERO WIDTH NON-JOINER", "می\u200C"],
  ["ZWNJ twice", "U+200C ZERO WIDTH NON-JOINER", "می\u200C\u200Cخواهم"],
  ["ZWNJ between Arabic and Latin", "U+200C ZERO WIDTH NON-JOINER", "می\u200Ca"],
  ["ZWNJ between letters of two joining scripts", "U+200C ZERO WIDTH NON-JOINER", "ر\u200C\u0710"],
  ["ZWNJ after a Devanagari letter without virama", "U+200C ZERO WIDTH NON-JOINER", "क\u200Cष"],
  ["ZWJ in Latin", "U+200D ZERO WIDTH JOINER", "pay\u200Dpal"],
  ["ZWJ after an Arabic letter", "U+200D ZERO WIDTH JOINER", "ه\u200D"],
  ["ZWJ after a consonant without virama", "U+200D ZERO WIDTH JOINER", "क\u200Dष"],
  ["ZWJ before a virama after a vowel", "U+200D ZERO WIDTH JOINER", "আ\u200D্য"],
  ["ZWJ between emoji that are not joined in any list", "U+200D ZERO WIDTH JOINER", "😀\u200D🚀"],
  ["ZWJ after an emoji", "U+200D ZERO WIDTH JOINER", "👨\u200D"],
  ["ZWJ after a listed sequence", "U+200D ZERO WIDTH JOINER", "👩\u200D🚀\u200D"],
  ["a listed sequence that goes on", "U+200D ZERO WIDTH JOINER", "👨\u200D👩\u200D👧\u200D👦\u200D👦"],
  ["a skin tone where no list has one", "U+200D ZERO WIDTH JOINER", "👨🏽\u200D👩\u200D👧"],
  ["one skin tone twice where the list has two", "U+200D ZERO WIDTH JOINER", "👩🏽\u200D🤝\u200D👩🏽"],
  ["ZWJ after an emoji in text style", "U+200D ZERO WIDTH JOINER", "❤\uFE0E\u200D🔥"],
  ["an emoji style after a letter", "U+FE0F VARIATION SELECTOR-16", "a\uFE0F"],
  ["an emoji style twice", "U+FE0F VARIATION SELECTOR-16", "❤\uFE0F\uFE0F"],
  ["an emoji style after a digit that is no keycap", "U+FE0F VARIATION SELECTOR-16", "1\uFE0F00"],
  ["a text style after a keycap's digit", "U+FE0E VARIATION SELECTOR-15", "1\uFE0E\u20E3"],
  ["an emoji style after an emoji that has one style", "U+FE0F VARIATION SELECTOR-16", "🚀\uFE0F"],
  ["an emoji style at the end of a sequence that has none there", "U+FE0F VARIATION SELECTOR-16", "👩\u200D🚀\uFE0F"],
  ["another variation selector", "U+FE00 VARIATION SELECTOR-1", "≨\uFE00"],
  ["an ideographic variant that is not registered", "U+E0110 VARIATION SELECTOR-33", "葛\u{E0110}"],
  ["an ideographic selector after a letter", "U+E0100 VARIATION SELECTOR-17", "a\u{E0100}"],
  ["an ideographic selector at the start", "U+E0100 VARIATION SELECTOR-17", "\u{E0100}"],
  ["hidden text in tags", "U+E0070 TAG p", "\u{E0070}\u{E0061}\u{E0079}"],
  ["hidden text in tags after a black flag", "U+E0070 TAG p", "🏴\u{E0070}\u{E0061}\u{E0079}\u{E007F}"],
  [
    "the tags of a listed flag without the flag",
    "U+E0067 TAG g",
    "a\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
  ],
  ["a tag flag that is not listed", "U+E0075 TAG u", "🏴\u{E0075}\u{E0073}\u{E0074}\u{E0078}\u{E007F}"],
  ["a tag flag without its end", "U+E0067 TAG g", "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}"],
  ["tags after a listed flag", "U+E0061 TAG a", "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}\u{E0061}"],
  ["a language tag", "U+E0001 LANGUAGE TAG", "\u{E0001}"],
];

describe("what hides or misleads is refused, and named", () => {
  const expectRefusal = (text: string, kind: "text" | "name", code: SrmlErrorCode, named: string) => {
    const { code: actual, message } = refusalOf(() => {
      gateText(text, kind);
    });
    expect([actual, message]).toEqual([code, expect.stringContaining(named)]);
  };

  test.each(REFUSED)("%s: %s", (_, named, text) => {
    expectRefusal(text, "text", "forbidden_character", named);
    expectRefusal(text, "name", "forbidden_character", named);
  });

  test.each([
    ["U+000A", "a\nb"],
    ["U+0009", "a\tb"],
  ])("%s in a name", (named, text) => {
    expectRefusal(text, "name", "forbidden_character", named);
  });

  test.each([
    ["a fifth mark", "U+0305", "a\u0301\u0302\u0303\u0304\u0305"],
    ["a fifth mark that encloses", "U+20DD", "a\u0301\u0302\u0303\u0304\u20DD"],
    ["five marks at the start", "U+0305", "\u0301\u0302\u0303\u0304\u0305"],
    ["five marks with a joiner among them", "U+0301", "क\u094D\u0300\u0301\u094D\u200D\u0301"],
    ["five marks with a direction mark among them", "U+0305", "ש\u0301\u0302\u0303\u200F\u0304\u0305"],
    ["a Tibetan stack of six", "U+0FBA", "ཧྐྵྨླྺྃ"],
    ["a variant and four marks", "U+0304", "葛\u{E0100}\u0301\u0302\u0303\u0304"],
  ])("%s: %s", (_, named, text) => {
    expectRefusal(text, "text", "too_many_marks", named);
  });
});
