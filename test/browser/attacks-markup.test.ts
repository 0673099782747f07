/** What is left of hostile markup after the parser, in the built popup's page: nothing runs, nothing is loaded, no element but ours. */
import { describe, expect, test } from "vitest";
import { parseSrml, type Srml, SrmlError } from "../../src/srml/index.ts";
import { CANARY, CONTEXTS, FAMILIES } from "../attacks/payloads.ts";
import { chromiumTest } from "../support/chromium.ts";
import { openPopupPage, showEach } from "../support/popup-page.ts";

/** What the frame of a sender's words is made of, whatever they say. */
const FRAME = new Set(["div", "h1", "p", "label", "input", "span"]);

function read(document: string): readonly Srml[] {
  try {
    return [parseSrml(document)];
  } catch (error) {
    if (error instanceof SrmlError) return [];
    throw error;
  }
}

/** The whole table as if the parser had let everything through: each payload as heading, paragraph, label and value. */
const SMUGGLED: readonly Srml[] = FAMILIES.flatMap(({ payloads }) =>
  payloads.map((payload) => ({
    heading: payload,
    paragraphs: [payload],
    buttons: [{ label: payload, value: payload }],
  })),
);

describe("hostile markup in the popup", () => {
  chromiumTest(
    "that the parser reads as text is shown as text, and what it refuses could do nothing either",
    async ({ chromium }) => {
      const asked: string[] = [];
      chromium.context.on("request", (request) => void asked.push(request.url()));
      const page = await openPopupPage(chromium);
      const dialogs: string[] = [];
      page.on("dialog", (dialog) => void dialog.dismiss().then(() => dialogs.push(dialog.message())));

      const accepted = FAMILIES.flatMap(({ payloads }) =>
        CONTEXTS.flatMap(({ put }) => payloads.flatMap((payload) => read(put(payload)))),
      );
      const shown = await showEach(page, accepted);
      expect(
        shown.map(({ refused, heading, paragraphs, labels }) => [
          refused,
          heading?.text,
          paragraphs.map(({ text }) => text),
          labels.map(({ text }) => text),
        ]),
      ).toEqual(
        accepted.map(({ heading, paragraphs, buttons }) => [
          false,
          heading,
          paragraphs,
          buttons.map(({ label }) => label),
        ]),
      );

      // The background never sends these. The popup gets them from a stand-in, to show that its own gate holds alone.
      const smuggled = await showEach(page, SMUGGLED);
      expect(smuggled.some(({ refused }) => refused)).toBe(true);
      for (const [index, { refused, heading }] of smuggled.entries()) {
        // Whole or not at all. A NUL and the like are text to the browser; the parser refuses them.
        if (!refused) expect(heading?.text).toBe(SMUGGLED[index]?.heading);
      }
      expect([...shown, ...smuggled].flatMap(({ tags }) => tags).filter((tag) => !FRAME.has(tag))).toEqual([]);
      expect(dialogs).toEqual([]);
      expect(page.url()).toBe(chromium.url("src/extension/popup/index.html"));
      expect(asked.filter((url) => url.includes(CANARY) || !url.startsWith(chromium.url("")))).toEqual([]);
      expect(await page.locator("iframe, script:not([src]), object, embed, svg script, style").count()).toBe(0);
    },
  );

  test("in Firefox", ({ skip }) => {
    skip("Firefox runs nothing of a test before the scripts of an extension's page (measured: BiDi's preload script)");
  });
});
