/** Documents that two parsers might read differently: correct ones, written in every odd way, and ones broken a little. */
import fc from "fast-check";
import { gateText } from "../../src/srml/index.ts";

/** What stands between, inside or instead of anything. */
const ODD = [
  ..."<srml> </srml> <srml/> <h1> </h1> <h1/> <p> </p> <button> </button> <button/> <P> <b> </b> <x:p> <script>".split(
    " ",
  ),
  ..."&lt; &gt; &amp; &apos; &quot; &amp;lt; &#60; &#x3c; &#x202E; &nbsp; &lt & &; &LT; &constructor;".split(" "),
  ..."<!-- --> <!----> <![CDATA[ ]]> ]] <!DOCTYPE <! <?a?> <? ?> < > /> </ = ' \" '' a='b' xmlns='' %00".split(" "),
  ...`<p >|</p\n>|<button value='a'>|<button value="b.2">|<button value='a' value='b'>|<!DOCTYPE a>| value| a='b'`.split(
    "|",
  ),
  ..."<?xml version='1.0'?>|<?xml version='1.1'?>|<?xml version='1.0' encoding='utf-16'?>|<?a b?>| xml:lang='a'".split(
    "|",
  ),
  ..."<img src=x onerror=alert(1)>|<svg/onload=alert(1)>|javascript:alert(1)|</title>|<template>|{{a}}|$(a)".split("|"),
  ...Array.from(
    " \n\r\t\f\u000B\u0085\u00A0\u2003\u2028\u3000\uFEFF\u200B\0\u0001\u007F\uFFFD\uFFFE\uFFFF\u{10FFFF}\uE000",
  ),
  ...["\r\n", "\uD800", "\uDC00", "\u0340", "\u212A", "e\u0301", "é", "שלום", "می\u200Cخواهم", "👨\u200D👩\u200D👧"],
  ...[
    "葛\u{E0100}",
    "ﬁ",
    "\u1E9B\u0323",
    "각",
    "\u1100\u1161\u11A8",
    ' xmlns="http://hallambaker.com/Schemas/srml.xsd"',
  ],
];

/** Whether it may stand in a text once it is escaped. */
function isTame(odd: string): boolean {
  try {
    gateText(odd, "text");
    return true;
  } catch {
    return false;
  }
}

const space = fc.constantFrom("", "", " ", "\n", "\r\n", "\t", " \r ");
const word = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom(...ODD.filter(isTame)));
/** Text as a careful writer would put it, with as much escaped as must be, or more. */
const text = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.boolean(), space, space)
  .map(([words, all, before, after]) => {
    const escaped = words.join("").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("]]>", "]]&gt;");
    return (
      before +
      (all ? escaped.replaceAll(">", "&gt;").replaceAll("'", "&apos;").replaceAll('"', "&quot;") : escaped) +
      after
    );
  });
const button = fc
  .record({
    label: text,
    value: fc.option(fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/)),
    quote: fc.constantFrom("'", '"'),
    space,
  })
  .map(({ label, value, quote, space: gap }) =>
    value === null
      ? `<button${gap}>${label}</button>`
      : `<button value${gap}=${gap}${quote}${value}${quote}>${label}</button${gap}>`,
  );
const document = fc
  .record({
    declaration: fc.constantFrom(
      "",
      "",
      '<?xml version="1.0"?>',
      "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\r\n",
    ),
    namespace: fc.constantFrom(
      "",
      ' xmlns="http://hallambaker.com/Schemas/srml.xsd"',
      "\nxmlns = 'http://hallambaker.com/Schemas/srml.xsd' ",
    ),
    heading: text,
    paragraphs: fc.array(text, { maxLength: 5 }),
    buttons: fc.array(button, { maxLength: 3 }),
    space,
  })
  .map(({ declaration, namespace, heading, paragraphs, buttons, space: gap }) =>
    [
      `${declaration}<srml${namespace}>`,
      `<h1${gap}>${heading}</h1>`,
      ...paragraphs.map((one) => `<p>${one}</p${gap}>`),
      ...buttons,
      "</srml>",
      "",
    ].join(gap),
  );

const change = fc.record({
  at: fc.nat(10_000),
  length: fc.oneof(fc.constant(0), fc.nat(8)),
  put: fc.oneof(fc.constantFrom(...ODD), fc.constantFrom(...ODD), fc.string({ maxLength: 3 })),
});
const changed = fc.tuple(document, fc.array(change, { minLength: 1, maxLength: 3 })).map(([start, changes]) =>
  changes.reduce((now, { at, length, put }) => {
    const place = at % (now.length + 1);
    return now.slice(0, place) + put + now.slice(place + length);
  }, start),
);

/** As many documents as asked for; the same for the same seed. */
export function corpus(count: number, seed: number): readonly string[] {
  return fc.sample(fc.oneof(document, changed), { numRuns: count, seed });
}
