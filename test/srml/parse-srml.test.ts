import { describe, expect, test } from "vitest";
import { parseSrml, type SrmlErrorCode } from "../../src/srml/index.ts";
import { refusalOf } from "./refusal.ts";

const NAMESPACE = "http://hallambaker.com/Schemas/srml.xsd";
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join("");
const srml = (inside: string) => `<srml>${inside}</srml>`;
const heading = (inside: string) => srml(`<h1>${inside}</h1>`);

describe("what is read", () => {
  test("the example of draft -00 §2 is read, with its declaration and white space", () => {
    const document = [
      '<?xml version="1.0" encoding="utf-8" ?>',
      `<srml xmlns="${NAMESPACE}">`,
      "  <h1>Grant Administrator</h1>",
      "  <p>Host: example.net</p>",
      '  <button value="Access">Access</button>',
      "</srml>",
    ].join("\r\n");
    expect(parseSrml(document)).toEqual({
      heading: "Grant Administrator",
      paragraphs: ["Host: example.net"],
      buttons: [{ label: "Access", value: "Access" }],
    });
  });

  test("a heading alone is enough", () => {
    expect(parseSrml(heading("Open pod bay doors"))).toEqual({
      heading: "Open pod bay doors",
      paragraphs: [],
      buttons: [],
    });
  });

  test("a button without a value has none", () => {
    expect(parseSrml(srml("<h1>a</h1><button>Yes</button>")).buttons).toStrictEqual([{ label: "Yes" }]);
  });

  test("the five entities stand for their characters, and make no markup", () => {
    expect(parseSrml(heading("&lt;b&gt; &amp;amp; &apos;&quot;")).heading).toBe(`<b> &amp; '"`);
  });

  test("white space in a text is collapsed as HTML displays it", () => {
    expect(parseSrml(heading(" \n a\t\r\n b \r")).heading).toBe("a b");
  });

  test("no-break and ideographic spaces inside a text stay", () => {
    expect(parseSrml(heading("1\u00A0000\u3000€")).heading).toBe("1\u00A0000\u3000€");
  });

  test("single quotes, white space in tags and after the document are XML and pass", () => {
    const document = `\n<srml xmlns = '${NAMESPACE}' ><h1 >a</h1 ><button value='x' >b</button></srml >\n`;
    expect(parseSrml(document).buttons).toStrictEqual([{ label: "b", value: "x" }]);
  });

  test.each(['version="1.0"', "version='1.0' encoding='UTF-8'", 'version="1.0" standalone="yes"'])(
    "the XML declaration %s passes",
    (declaration) => {
      expect(parseSrml(`<?xml ${declaration}?>${heading("a")}`).heading).toBe("a");
    },
  );

  test("as much as the limits allow passes", () => {
    const document = srml(
      `<h1>${"😀".repeat(120)}</h1>` +
        `<p>${"a".repeat(2000)}</p>${repeat(15, () => "<p>p</p>")}` +
        repeat(8, (i) => `<button value="${String(i).repeat(64)}">${String(i).repeat(40)}</button>`),
    );
    const parsed = parseSrml(document);
    expect([parsed.paragraphs.length, parsed.buttons.length]).toEqual([16, 8]);
  });

  test("a document of exactly 8 KiB passes", () => {
    const rest = srml("<h1>a</h1>");
    expect(parseSrml(`${rest}${" ".repeat(8192 - rest.length)}`).heading).toBe("a");
  });

  test("the result is frozen in every part", () => {
    const parsed = parseSrml(srml("<h1>a</h1><p>b</p><button>c</button>"));
    const parts = [parsed, parsed.paragraphs, parsed.buttons, parsed.buttons[0]];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual([true, true, true, true]);
  });
});

const BILLION_LAUGHS = `<?xml version="1.0"?><!DOCTYPE srml [<!ENTITY a0 "ha">${repeat(
  30,
  (i) => `<!ENTITY a${i + 1} "&a${i};&a${i};&a${i};&a${i};">`,
)}]>${heading("&a30;")}`;

const REFUSED: readonly (readonly [behaviour: string, code: SrmlErrorCode, document: string])[] = [
  ["a script element", "element", srml("<h1>a</h1><script>alert(1)</script>")],
  ["an element of HTML", "element", srml("<h1>a</h1><div>b</div>")],
  ["a tag in capitals", "element", srml("<H1>a</H1>")],
  ["an element inside a text", "nesting", heading("a<b>c</b>")],
  ["a paragraph inside a paragraph", "nesting", srml("<h1>a</h1><p>b<p>c</p></p>")],
  ["an srml inside srml", "nesting", srml(srml("<h1>a</h1>"))],
  ["another root element", "root", "<html><h1>a</h1></html>"],
  ["a root element in capitals", "root", "<SRML><h1>a</h1></SRML>"],

  ["an attribute on a paragraph", "attribute", srml('<h1>a</h1><p onclick="x">b</p>')],
  ["an attribute other than value on a button", "attribute", srml('<h1>a</h1><button style="x">b</button>')],
  ["a value on the heading", "attribute", srml('<h1 value="x">a</h1>')],
  ["an attribute on the root", "attribute", '<srml id="x"><h1>a</h1></srml>'],
  ["an attribute called __proto__", "attribute", '<srml __proto__="x"><h1>a</h1></srml>'],
  ["a namespace on an inner element", "attribute", srml(`<h1 xmlns="${NAMESPACE}">a</h1>`)],
  ["another namespace", "namespace", '<srml xmlns="http://www.w3.org/1999/xhtml"><h1>a</h1></srml>'],
  ["an empty namespace", "namespace", '<srml xmlns=""><h1>a</h1></srml>'],
  ["an element with a prefix", "prefix", `<s:srml xmlns:s="${NAMESPACE}"><s:h1>a</s:h1></s:srml>`],
  ["a declared prefix that nothing uses", "prefix", `<srml xmlns:s="${NAMESPACE}"><h1>a</h1></srml>`],
  ["an attribute with a prefix", "prefix", '<srml xml:lang="en"><h1>a</h1></srml>'],
  ["an inner element with a prefix", "prefix", srml("<h1>a</h1><x:p>b</x:p>")],

  ["a DOCTYPE", "doctype", `<!DOCTYPE srml>${heading("a")}`],
  ["a DOCTYPE in small letters", "doctype", `<!doctype html>${heading("a")}`],
  ["an external DTD", "doctype", `<!DOCTYPE srml SYSTEM "http://example.com/x.dtd">${heading("a")}`],
  ["a billion laughs", "doctype", BILLION_LAUGHS],
  ["a comment", "comment", heading("a<!-- b -->")],
  ["a comment before the root", "comment", `<!---->${heading("a")}`],
  ["a comment after the root", "comment", `${heading("a")}<!---->`],
  ["a CDATA section", "cdata", heading("<![CDATA[a]]>")],
  ["a declaration of an entity alone", "malformed", `<!ENTITY a "b">${heading("a")}`],
  ["a processing instruction", "processing_instruction", heading("a<?php b ?>")],
  ["a style sheet instruction", "processing_instruction", `<?xml-stylesheet href="x"?>${heading("a")}`],
  ["an XML declaration after white space", "processing_instruction", ` <?xml version="1.0"?>${heading("a")}`],
  ["an XML declaration inside", "processing_instruction", heading('<?xml version="1.0"?>')],
  ["an XML declaration in capitals", "processing_instruction", `<?XML version="1.0"?>${heading("a")}`],
  ["an instruction after the XML declaration", "processing_instruction", `<?xml version="1.0"?><?a b?>${heading("a")}`],
  ["XML 1.1", "declaration", `<?xml version="1.1"?>${heading("a")}`],
  ["an encoding other than UTF-8", "declaration", `<?xml version="1.0" encoding="UTF-16"?>${heading("a")}`],
  ["an XML declaration without a version", "malformed", `<?xml encoding="UTF-8"?>${heading("a")}`],

  ["an entity that XML does not define", "entity", heading("&nbsp;")],
  ["a decimal character reference", "entity", heading("&#65;")],
  ["a hexadecimal character reference", "entity", heading("&#x202E;")],
  ["an entity in capitals", "entity", heading("&LT;")],
  ["an entity without its semicolon", "entity", heading("&lt b")],
  ["a bare ampersand", "entity", heading("a & b")],
  ["an entity in an attribute", "entity", srml('<h1>a</h1><button value="&#65;">b</button>')],
  ["an entity named like a member of every object", "entity", heading("&constructor;")],

  ["no heading", "heading", srml("<p>a</p>")],
  ["an empty document", "heading", "<srml/>"],
  ["two headings", "heading", srml("<h1>a</h1><h1>b</h1>")],
  ["a heading after a paragraph", "order", srml("<p>a</p><h1>b</h1>")],
  ["a heading after a button", "order", srml("<button>a</button><h1>b</h1>")],
  ["a paragraph after a button", "order", srml("<h1>a</h1><button>b</button><p>c</p>")],
  ["text between the elements", "stray_text", srml("<h1>a</h1>b<p>c</p>")],
  ["an entity between the elements", "stray_text", srml("<h1>a</h1>&amp;")],
  ["a no-break space between the elements", "stray_text", srml("<h1>a</h1>\u00A0")],
  ["a joiner between the elements", "stray_text", srml("<h1>a</h1>\u200D")],

  ["17 paragraphs", "too_many", srml(`<h1>a</h1>${"<p>b</p>".repeat(17)}`)],
  ["9 buttons", "too_many", srml(`<h1>a</h1>${repeat(9, (i) => `<button>${i}</button>`)}`)],
  ["a heading of 121 characters", "too_long", heading("😀".repeat(121))],
  ["a paragraph of 2001 characters", "too_long", srml(`<h1>a</h1><p>${"b".repeat(2001)}</p>`)],
  ["a label of 41 characters", "too_long", srml(`<h1>a</h1><button>${"b".repeat(41)}</button>`)],
  ["more than 8 KiB", "too_large", srml(`<h1>a</h1>${" ".repeat(8192)}`)],
  ["more than 8 KiB in UTF-8, though fewer characters", "too_large", srml(`<h1>a</h1><p>${"世".repeat(2900)}</p>`)],
  ["an empty heading", "empty", srml("<h1/>")],
  ["a heading of white space", "empty", heading(" \n\t ")],
  ["a heading of spaces that are not white space in XML", "empty", heading("\u00A0\u2003\u3000\u2800")],
  ["a heading of letters that have no ink", "empty", heading("\u{13441}\u{13442}\u{1D159}")],
  ["an empty paragraph", "empty", srml("<h1>a</h1><p></p>")],
  ["a button without a label", "empty", srml('<h1>a</h1><button value="x"/>')],

  ["a value with a space", "value", srml('<h1>a</h1><button value="a b">c</button>')],
  ["a value with a line feed at its end", "value", srml('<h1>a</h1><button value="a\n">c</button>')],
  ["an empty value", "value", srml('<h1>a</h1><button value="">c</button>')],
  ["a value of 65 characters", "value", srml(`<h1>a</h1><button value="${"a".repeat(65)}">c</button>`)],
  ["a value outside of ASCII", "value", srml('<h1>a</h1><button value="ä">c</button>')],
  ["a label twice", "duplicate", srml('<h1>a</h1><button value="x">b</button><button value="y"> b </button>')],
  ["a value twice", "duplicate", srml('<h1>a</h1><button value="x">b</button><button value="x">c</button>')],
  [
    "a label that is another button's value",
    "duplicate",
    srml('<h1>a</h1><button value="c">b</button><button>c</button>'),
  ],

  ["a byte order mark", "forbidden_character", `\uFEFF${heading("a")}`],
  ["a bidi override", "forbidden_character", heading("Pay \u202E0001")],
  ["a bidi override between the elements", "forbidden_character", srml("\u202E<h1>a</h1>")],
  ["a control character", "forbidden_character", heading("a\u0000")],
  ["a form feed between the elements", "forbidden_character", srml("\f<h1>a</h1>")],
  ["a lone surrogate", "forbidden_character", heading("a\uD800b")],
  ["a lone surrogate in a value", "forbidden_character", srml('<h1>a</h1><button value="\uDC00">b</button>')],
  ["a joiner in a value", "value", srml('<h1>a</h1><button value="a\u200D">b</button>')],
  ["a non-joiner that joins nothing", "forbidden_character", heading("pay\u200Cpal")],
  ["a tower of marks", "too_many_marks", heading(`a${"\u0301".repeat(5)}`)],

  ["an empty string", "malformed", ""],
  ["text before the root", "stray_text", `a${heading("b")}`],
  ["text after the root", "malformed", `${heading("a")}b`],
  ["a second root", "malformed", heading("a") + heading("b")],
  ["a missing end tag", "malformed", "<srml><h1>a"],
  ["a missing end tag of the root", "malformed", "<srml><h1>a</h1>"],
  ["end tags in the wrong order", "malformed", "<srml><h1>a</srml></h1>"],
  ["an end tag too many", "malformed", `${heading("a")}</srml>`],
  ["a bare less-than", "malformed", heading("1 < 2")],
  ["the end of a CDATA section", "malformed", heading("a]]>b")],
  ["an attribute twice", "malformed", srml('<h1>a</h1><button value="x" value="y">b</button>')],
  ["an attribute without quotes", "malformed", srml("<h1>a</h1><button value=x>b</button>")],
  ["an attribute without a value", "malformed", srml("<h1>a</h1><button value>b</button>")],
  ["attributes without a space between", "malformed", `<srml xmlns="${NAMESPACE}"id="x"><h1>a</h1></srml>`],
  ["a less-than in an attribute", "malformed", srml('<h1>a</h1><button value="<">b</button>')],
  ["an unfinished tag", "malformed", "<srml><h1>a</h1></srml"],
  ["a tag that starts with a space", "malformed", "< srml><h1>a</h1></srml>"],
  ["an empty tag", "malformed", srml("<><h1>a</h1></>")],
];

describe("what is refused", () => {
  test.each(REFUSED)("%s is refused with %s", (_, code, document) => {
    expect(refusalOf(() => parseSrml(document)).code).toBe(code);
  });

  test("the code point that is refused is named", () => {
    const { message } = refusalOf(() => parseSrml(heading("Pay \u202E0001")));
    expect(message).toContain("U+202E RIGHT-TO-LEFT OVERRIDE");
  });

  test("a message is short and ASCII, whatever the document says", () => {
    const messages = [
      `<${"ä".repeat(3000)}/>`,
      srml(`<h1>a</h1><p ${"ä".repeat(3000)}="">b</p>`),
      `<srml></${"ä".repeat(3000)}>`,
    ].map((document) => refusalOf(() => parseSrml(document)).message);
    for (const message of messages) expect(message).toMatch(/^[ -~]{1,200}$/);
  });
});
