/** scanJson: what it bounds and refuses, and that it changes nothing that it lets through. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS, ProtocolError, scanJson } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

const MAX = 100_000;
const scan = (text: string) => scanJson(text, MAX);
const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("scanJson bounds bytes", () => {
  it("reads a message of exactly the allowed size and refuses one byte more", async () => {
    expect(scanJson('"abc"', 5)).toBe("abc");
    expect(await refusalCode(() => scanJson('"abcd"', 5))).toBe("json_too_large");
    expect(await refusalCode(() => scanJson(Buffer.from('"abcd"'), 5))).toBe("json_too_large");
  });

  it("counts a string in bytes of UTF-8, not in characters", async () => {
    expect(scanJson('"é"', 4)).toBe("é");
    expect(await refusalCode(() => scanJson('"é"', 3))).toBe("json_too_large");
    expect(await refusalCode(() => scanJson('"€"', 4))).toBe("json_too_large");
    expect(await refusalCode(() => scanJson('"😀"', 5))).toBe("json_too_large");
  });

  it("looks at nothing in a message that is too large", async () => {
    expect(await refusalCode(() => scanJson(new Uint8Array(11).fill(0xff), 10))).toBe("json_too_large");
  });
});

describe("scanJson bounds depth", () => {
  it("reads 16 levels and refuses 17, of arrays, objects and both", async () => {
    const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const both = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${"}]".repeat(levels / 2)}`;
    for (const text of [nested(16), objects(16), both(16)]) expect(scan(text)).toEqual(JSON.parse(text));
    for (const text of [nested(17), objects(17), both(18)]) {
      expect(await refusalCode(() => scan(text))).toBe("json_too_deep");
    }
  });

  it("refuses a hundred thousand open brackets without overflowing", async () => {
    expect(await refusalCode(() => scanJson("[".repeat(MAX), MAX))).toBe("json_too_deep");
  });

  it("counts levels, not brackets: a long flat list is not deep", () => {
    expect(scan(`[${Array.from({ length: 1000 }, () => "[]").join(",")}]`)).toHaveLength(1000);
  });

  it("does not count brackets inside strings and names", () => {
    const inside = "[{".repeat(100);
    expect(scan(`["${inside}","\\"${inside}"]`)).toEqual([inside, `"${inside}`]);
    expect(scan(`{"${inside}":"}]"}`)).toEqual({ [inside]: "}]" });
  });

  it("allows the depth that the limits say", () => {
    expect(LIMITS.jsonDepth).toBe(16);
  });
});

describe("scanJson refuses duplicate names", () => {
  it.each([
    ["side by side", '{"a":1,"a":1}'],
    ["apart", '{"a":1,"b":2,"c":3,"a":4}'],
    ["with white space", '{ "a" : 1 ,\n\t"a" : 2 }'],
    ["one of them written with an escape", '{"a":1,"\\u0061":2}'],
    ["both written with escapes", '{"\\u0061":1,"\\u0061":2}'],
    ["escaped in two ways", '{"/":1,"\\/":2}'],
    ["a character beyond the basic plane, as itself and as a pair of escapes", '{"😀":1,"\\ud83d\\ude00":2}'],
    ["hexadecimal digits in two cases", '{"\\u00E9":1,"\\u00e9":2}'],
    ["the empty name", '{"":1,"":2}'],
    ["in a nested object", '{"a":{"b":{"c":1,"c":2}}}'],
    ["in an object inside a list", '[1,{"a":1,"a":2}]'],
    ["around a nested object that has the name too", '{"a":{"a":1},"a":2}'],
    ["around a list", '{"a":["a","b"],"a":2}'],
    ["after values that hold quotes and backslashes", '{"a":"\\"\\\\","a":"\\\\"}'],
  ])("%s", async (_, text) => {
    expect(await refusalCode(() => scan(text))).toBe("json_duplicate_name");
  });

  it.each([
    ["the same name in two objects", '[{"a":1},{"a":2}]'],
    ["the same name at two levels", '{"a":{"a":{"a":1}}}'],
    ["a value that equals a name", '{"a":"b","b":"a"}'],
    ["the same text twice in a list, between names", '{"a":["x","x"],"x":["a","a"]}'],
    ["names that differ in case", '{"a":1,"A":2}'],
    ["names that only look alike", '{"\\u00e9":1,"e\\u0301":2}'],
    ["a name after a nested object closed", '{"a":{"b":1},"b":{"a":1}}'],
    ["escaped quotes in names", '{"\\"":1,"\\\\":2,"\\\\\\"":3}'],
  ])("and reads %s", (_, text) => {
    expect(scan(text)).toEqual(JSON.parse(text));
  });
});

describe("scanJson refuses names that JavaScript treats specially", () => {
  it.each(["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__"])(
    "%s, at any level",
    async (name) => {
      expect(await refusalCode(() => scan(`{"${name}":{}}`))).toBe("json_forbidden_name");
      expect(await refusalCode(() => scan(`[{"a":[{"${name}":1}]}]`))).toBe("json_forbidden_name");
    },
  );

  it("also where an escape hides the name", async () => {
    expect(await refusalCode(() => scan('{"\\u005f_proto__":{}}'))).toBe("json_forbidden_name");
    expect(await refusalCode(() => scan('{"__pro\\u0074o__":{}}'))).toBe("json_forbidden_name");
  });

  it("but reads them as values", () => {
    expect(scan('{"a":"__proto__","b":["constructor"]}')).toEqual({ a: "__proto__", b: ["constructor"] });
  });
});

describe("scanJson refuses what is not JSON", () => {
  it.each([
    ["nothing", ""],
    ["white space only", " \n"],
    ["an open object", "{"],
    ["an open list in an object", '{"a":['],
    ["an unclosed string", '"abc'],
    ["a string that ends in an escaped quote", '"abc\\"'],
    ["a closing bracket too many", "{}}"],
    ["closing brackets alone", "]]]"],
    ["brackets that do not match", '{"a":[1}]'],
    ["a comma before the end", '{"a":1,}'],
    ["two commas", "[1,,2]"],
    ["a missing colon", '{"a" 1}'],
    ["a name without quotes", "{a:1}"],
    ["single quotes", "{'a':1}"],
    ["a comment", "{}/* */"],
    ["text after the value", "{} x"],
    ["a second value", "{}{}"],
    ["a NUL after the value", "{}\0"],
    ["a number with a leading zero", "01"],
    ["a hexadecimal number", "0x1"],
    ["NaN", "NaN"],
    ["a raw line feed in a string", '"a\nb"'],
    ["a raw tab in a name", '{"a\t":1}'],
    ["a raw tab in a name with an escape", '{"a\t\\n":1}'],
    ["an unknown escape", '"\\x41"'],
    ["an unknown escape in a name", '{"\\x41":1}'],
    ["an escape that is cut short", '"\\u00"'],
    ["a no-break space between tokens", "[1,\u00a02]"],
  ])("%s", async (_, text) => {
    expect(await refusalCode(() => scan(text))).toBe("json_malformed");
    expect(await refusalCode(() => scanJson(Buffer.from(text), MAX))).toBe("json_malformed");
  });

  it("a byte order mark, of UTF-8 and of UTF-16", async () => {
    expect(await refusalCode(() => scan("\ufeff{}"))).toBe("json_malformed");
    expect(await refusalCode(() => scanJson(Buffer.from("\ufeff{}"), MAX))).toBe("json_malformed");
    expect(await refusalCode(() => scanJson(Buffer.from("\ufeff{}", "utf16le"), MAX))).toBe("json_malformed");
  });

  it.each([
    ["a byte that UTF-8 never uses", [0xff]],
    ["a continuation without a start", [0x80]],
    ["a sequence that is cut short", [0xe2, 0x82]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an encoded surrogate", [0xed, 0xa0, 0x80]],
    ["a code point beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ])("%s, inside a string", async (_, bytes) => {
    const quoted = Uint8Array.of(0x22, ...bytes, 0x22);
    expect(await refusalCode(() => scanJson(quoted, MAX))).toBe("json_malformed");
  });
});

describe("scanJson refuses half a surrogate pair (RFC 7493, section 2.1)", () => {
  it.each([
    ["a high one, escaped", '"\\ud83d"'],
    ["a low one, escaped", '"\\ude00"'],
    ["in capitals", '"\\uDFFF"'],
    ["a pair in the wrong order", '"\\ude00\\ud83d"'],
    ["two high ones before a low one", '"\\ud83d\\ud83d\\ude00"'],
    ["in a name", '{"\\ud800":1}'],
    ["deep inside", '[{"a":[{"b":"x\\udc00"}]}]'],
    ["raw, in a string that never was bytes", '"\ud83d"'],
    ["half raw, half escaped", '"\ud83d\\ude00"'],
  ])("%s", async (_, text) => {
    expect(await refusalCode(() => scan(text))).toBe("json_malformed");
  });

  it.each([
    ["a pair of escapes", '"\\ud83d\\ude00"', "😀"],
    ["a raw pair", '"😀"', "😀"],
    ["a backslash before the letters of an escape", '"\\\\ud800"', "\\ud800"],
  ])("and reads %s", (_, text, value) => {
    expect(scan(text)).toBe(value);
  });
});

const WORDS = ['"a"', '"a":', '"\\u0061":', "true", "\\ud800", "__proto__"];

describe("scanJson lets through unchanged", () => {
  const wellFormed = fc.string({ unit: "binary" });
  const name = wellFormed.filter((text) => !(text in {}) && text !== "prototype");
  const number = fc
    .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    // JSON.stringify writes minus zero as zero.
    .map((value) => (value === 0 ? 0 : value));
  const { value: anyValue } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(fc.constant(null), fc.boolean(), number, wellFormed),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(name, tie("value"), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));

  it("any JSON value that has no duplicate names and fits, from a string and from bytes", () => {
    fc.assert(
      fc.property(anyValue, fc.constantFrom(undefined, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(scanJson(text, 1_000_000)).toEqual(value);
        expect(scanJson(new TextEncoder().encode(text), 1_000_000)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it("any text, or refuses it with a code: it never fails in another way, and never disagrees with JSON.parse", () => {
    const token = fc.constantFrom("{", "}", "[", "]", ":", ",", '"', "\\", " ", "\n", "0", "-", "e", ...WORDS);
    fc.assert(
      fc.property(fc.array(token, { maxLength: 30 }), (tokens) => {
        const text = tokens.join("");
        let value;
        try {
          value = scanJson(text, 10_000);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          return;
        }
        expect(value).toEqual(JSON.parse(text));
      }),
      { numRuns: 3000 },
    );
  });
});
