/**
 * Markup that attacks whoever displays it, by family, and every place of a request's text where it can stand. The table of the
 * two multiplied is generated: a payload that is added is tried everywhere.
 */

export interface Family {
  readonly name: string;
  readonly payloads: readonly string[];
  /**
   * `text`: it is no markup in an XML text, so it may be shown there, letter by letter. `markup`: it is refused in each place.
   */
  readonly as: "text" | "markup";
}

/** Where a payload would report to if anything in it ran or loaded. */
export const CANARY = "canary.example";

const URL_OF = `https://${CANARY}/x`;
const RUN = `fetch('${URL_OF}')`;

export const FAMILIES: readonly Family[] = [
  {
    name: "element",
    as: "markup",
    payloads: [
      `<script>${RUN}</script>`,
      `<script src="${URL_OF}"></script>`,
      `<SCRIPT>${RUN}</SCRIPT>`,
      `<img src="${URL_OF}" onerror="${RUN}"/>`,
      `<img src=x onerror=${RUN}>`,
      `<iframe src="${URL_OF}"></iframe>`,
      `<iframe srcdoc="&lt;script&gt;${RUN}&lt;/script&gt;"></iframe>`,
      `<object data="${URL_OF}"></object>`,
      `<embed src="${URL_OF}"/>`,
      `<link rel="stylesheet" href="${URL_OF}"/>`,
      `<link rel="prefetch" href="${URL_OF}"/>`,
      `<meta http-equiv="refresh" content="0;url=${URL_OF}"/>`,
      `<base href="${URL_OF}"/>`,
      `<style>@import "${URL_OF}";</style>`,
      `<form action="${URL_OF}"><input name="a"/></form>`,
      `<a href="${URL_OF}" ping="${URL_OF}">a</a>`,
      `<video src="${URL_OF}" autoplay=""/>`,
      `<audio src="${URL_OF}" autoplay=""/>`,
      `<picture><source srcset="${URL_OF}"/></picture>`,
      `<b>a</b>`,
      `<div>a</div>`,
      `<dialog open="">a</dialog>`,
      `<marquee onstart="${RUN}">a</marquee>`,
      `<details open="" ontoggle="${RUN}">a</details>`,
      `<custom-element>a</custom-element>`,
      `<p>a</p><srml>a</srml>`,
    ],
  },
  {
    name: "attribute",
    as: "markup",
    payloads: [
      `<p onclick="${RUN}">a</p>`,
      `<p style="background:url(${URL_OF})">a</p>`,
      `<p class="accept">a</p>`,
      `<p id="why">a</p>`,
      `<p data-testid="accept">a</p>`,
      `<p hidden="">a</p>`,
      `<p dir="rtl">a</p>`,
      `<p aria-label="Accept">a</p>`,
      `<p contenteditable="" autofocus="" onfocus="${RUN}">a</p>`,
      `<button onclick="${RUN}">a</button>`,
      `<button value="a" formaction="${URL_OF}">a</button>`,
      `<button type="submit">a</button>`,
      `<button accesskey="a">a</button>`,
      `<button popovertarget="a">a</button>`,
    ],
  },
  {
    name: "namespace",
    as: "markup",
    payloads: [
      `<h:script xmlns:h="http://www.w3.org/1999/xhtml">${RUN}</h:script>`,
      `<script xmlns="http://www.w3.org/1999/xhtml">${RUN}</script>`,
      `<p xmlns="http://www.w3.org/1999/xhtml" onclick="${RUN}">a</p>`,
      `<p xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:${RUN}">a</p>`,
      `<p xml:base="${URL_OF}">a</p>`,
      `<p xmlns="">a</p>`,
    ],
  },
  {
    name: "entity",
    as: "markup",
    payloads: [
      "&#60;script&#62;",
      "&#x3C;script&#x3E;",
      "&#x0;",
      "&#xD800;",
      "&#x202E;",
      "&nbsp;",
      "&LT;script&GT;",
      "&lt",
      "&xxe;",
      "&a.b;",
      "&amp;&#38;",
      "&;",
      "& ",
    ],
  },
  {
    name: "CDATA",
    as: "markup",
    payloads: ["<![CDATA[a]]>", `<![CDATA[<script>${RUN}</script>]]>`, "<![CDATA[", "]]>", "a]]>b"],
  },
  {
    name: "comment",
    as: "markup",
    payloads: ["<!-- a -->", `<!--><script>${RUN}</script>-->`, "<!--", "<!---->", "<!-- a --!>", "<! a >"],
  },
  {
    name: "processing instruction",
    as: "markup",
    payloads: [
      "<?a b?>",
      `<?xml-stylesheet href="${URL_OF}"?>`,
      '<?xml version="1.1"?>',
      `<?php ${RUN} ?>`,
      "<?",
      "<?a",
    ],
  },
  {
    name: "DOCTYPE",
    as: "markup",
    payloads: [
      "<!DOCTYPE srml>",
      `<!DOCTYPE srml SYSTEM "${URL_OF}">`,
      `<!DOCTYPE srml [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>`,
      `<!DOCTYPE srml [<!ENTITY % a SYSTEM "${URL_OF}">%a;]>`,
      `<!DOCTYPE srml [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, i) => `<!ENTITY a${i + 1} "&a${i};&a${i};">`).join("")}]>`,
      '<!ENTITY a "b">',
      "<!ATTLIST p onclick CDATA 'a'>",
    ],
  },
  {
    name: "mutation",
    as: "markup",
    payloads: [
      `<noscript><p title="</noscript><img src=x onerror=${RUN}>"/></noscript>`,
      `<p><style><!--</style><img src=x onerror=${RUN}>--></p>`,
      `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}></style></mglyph></table></mtext></math>`,
      `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}>`,
      `<listing>&lt;img src=x onerror=${RUN}&gt;</listing>`,
      `<textarea></textarea><img src=x onerror=${RUN}>`,
      `<title></title><img src=x onerror=${RUN}>`,
      `</p><img src=x onerror=${RUN}><p>`,
      `</h1></srml><srml><h1>`,
      `<p>a<p>b</p></p>`,
      `<h1/><h1>`,
    ],
  },
  {
    name: "template",
    as: "markup",
    payloads: [
      `<template><script>${RUN}</script></template>`,
      `<template shadowrootmode="open"><slot/></template>`,
      `<slot name="a"/>`,
    ],
  },
  {
    name: "SVG",
    as: "markup",
    payloads: [
      `<svg onload="${RUN}"/>`,
      `<svg/onload=${RUN}>`,
      `<svg xmlns="http://www.w3.org/2000/svg"><script>${RUN}</script></svg>`,
      `<svg><use href="${URL_OF}#a"/></svg>`,
      `<svg><image href="${URL_OF}"/></svg>`,
      `<svg><animate onbegin="${RUN}" attributeName="x" dur="1s"/></svg>`,
      `<svg><foreignObject><p>a</p></foreignObject></svg>`,
      `<svg><a href="javascript:${RUN}"><text>a</text></a></svg>`,
    ],
  },
  {
    name: "MathML",
    as: "markup",
    payloads: [
      `<math><maction actiontype="statusline" href="javascript:${RUN}">a</maction></math>`,
      `<math xmlns="http://www.w3.org/1998/Math/MathML" href="${URL_OF}">a</math>`,
      `<math><annotation-xml encoding="text/html"><img src=x onerror=${RUN}></annotation-xml></math>`,
    ],
  },
  {
    name: "NUL, BOM and halves",
    as: "markup",
    payloads: [
      "\0",
      "a\0b",
      "\uFEFF",
      "a\uFEFFb",
      "\uFFFE",
      "\uFFFF",
      "\uD83D",
      "\uDE00a",
      "<scr\0ipt>",
      "\u0008",
      "\u009F",
    ],
  },
  {
    name: "invisible and reordering",
    as: "markup",
    payloads: ["a\u202Eb", "\u2066a\u2069", "a\u200Bb", "a\u00ADb", "\u2028", "a\u{E0041}b", "a\u034Fb", "a\u3164b"],
  },
  {
    name: "javascript: and data: values",
    as: "text",
    payloads: [
      `javascript:${RUN}`,
      `JaVaScRiPt:${RUN}`,
      "java\tscript:alert(1)",
      "data:text/html,a",
      "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
      "vbscript:a",
      `url(${URL_OF})`,
      `expression(${RUN})`,
      URL_OF,
    ],
  },
  {
    name: "UTF-7",
    as: "text",
    payloads: ["+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "+ADwAcwBjAHIAaQBwAHQAPg-"],
  },
  {
    name: "overlong UTF-8, read as Latin-1, and escapes of other languages",
    as: "text",
    payloads: [
      "À¼scriptÀ¾",
      "\\u003cscript\\u003e",
      "\\x3cscript\\x3e",
      "%3Cscript%3E",
      "＜script＞",
      "‹script›",
      "{{constructor.constructor('a')()}}",
      "$\\{a}",
      "$1 $& $`",
      "__MSG_accept__!",
      "<%= a %>".replaceAll("<", "＜"),
    ],
  },
];

/** A place of the text, and whether a text may stand in it. */
export interface Context {
  readonly name: string;
  readonly takesText: boolean;
  readonly put: (payload: string) => string;
}

export const CONTEXTS: readonly Context[] = [
  { name: "h1", takesText: true, put: (payload) => `<srml><h1>${payload}</h1></srml>` },
  { name: "h1, after a text", takesText: true, put: (payload) => `<srml><h1>a ${payload}</h1></srml>` },
  { name: "p", takesText: true, put: (payload) => `<srml><h1>a</h1><p>${payload}</p></srml>` },
  { name: "button label", takesText: true, put: (payload) => `<srml><h1>a</h1><button>${payload}</button></srml>` },
  {
    name: "button value",
    takesText: false,
    put: (payload) => `<srml><h1>a</h1><button value="${payload}">b</button></srml>`,
  },
  {
    name: "button value, in the other quotes",
    takesText: false,
    put: (payload) => `<srml><h1>a</h1><button value='${payload}'>b</button></srml>`,
  },
  {
    name: "attribute name",
    takesText: false,
    put: (payload) => `<srml><h1>a</h1><button ${payload}="a">b</button></srml>`,
  },
  { name: "namespace of the root", takesText: false, put: (payload) => `<srml xmlns="${payload}"><h1>a</h1></srml>` },
  { name: "element name", takesText: false, put: (payload) => `<srml><h1>a</h1><${payload}>b</p></srml>` },
  { name: "between elements", takesText: false, put: (payload) => `<srml><h1>a</h1>${payload}<p>b</p></srml>` },
  { name: "before the root", takesText: false, put: (payload) => `${payload}<srml><h1>a</h1></srml>` },
  { name: "after the root", takesText: false, put: (payload) => `<srml><h1>a</h1></srml>${payload}` },
];
