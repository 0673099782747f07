/** What goes into a page is text, whoever wrote it. */
import { describe, expect, it } from "vitest";
import { html } from "../../../src/demo/bank/pages/html.ts";

describe("html", () => {
  it("escapes values in text and in attributes", () => {
    const evil = `"><script>alert('1')</script>&`;
    expect(String(html`<p title="${evil}">${evil}</p>`)).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
        "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>",
    );
  });

  it("takes templates and lists of them as they are, and nothing for what is absent", () => {
    const items = ["<a>", "b"].map((item) => html`<li>${item}</li>`);
    const list = html`<ul>
      ${items}${null}${undefined}${false}${0}
    </ul>`;
    expect(String(list).replaceAll(/\s/g, "")).toBe("<ul><li>&lt;a&gt;</li><li>b</li>0</ul>");
  });
});
