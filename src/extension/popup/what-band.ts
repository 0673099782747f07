/**
 * The middle band: what is asked. The only place where a sender's words stand, in a frame that says so, each element
 * isolated. Its buttons are options here: none of them does anything.
 */
import { i18n } from "../browser.ts";
import { element } from "../page/dom.ts";
import type { SrmlElements } from "./sanitize.ts";

export interface Option {
  /** The label, as the sender wrote it. */
  readonly label: string;
  /** What the answer will say. */
  readonly choice: string;
}

export interface WhatBand {
  readonly element: HTMLElement;
  /** The option that is taken; undefined while there is none. */
  readonly chosen: () => Option | undefined;
  /** Stops watching. */
  readonly close: () => void;
}

/**
 * The band of a request's text.
 *
 * @param onRead - called once, when the end of the text has been on the screen
 * @param onChosen - called at each choice of the user
 */
export function whatBand(srml: SrmlElements, onRead: () => void, onChosen: () => void): WhatBand {
  const end = element("div", { class: "end" });
  const options = srml.buttons.map((carrier) => optionOf(carrier, srml.buttons.length === 1, onChosen));
  const group = element(
    "div",
    { class: "choices", attributes: { role: "radiogroup", "aria-label": i18n("choicesLabel") } },
    ...options.map(({ row }) => row),
  );
  const text = element(
    "section",
    { class: "text", attributes: { "aria-label": i18n("whatLabel") } },
    theirs(srml.heading, "heading"),
    ...srml.paragraphs.map((paragraph) => theirs(paragraph, "paragraph")),
    options.length === 0 ? undefined : group,
    end,
  );
  const frame = element("div", { class: "frame" }, text);
  const caption = element("p", { class: "caption", attributes: { "aria-hidden": "true" } }, i18n("whatLabel"));
  const stop = watchEnd(text, end, frame, onRead);
  return {
    element: element("div", { class: "band what" }, caption, frame),
    chosen: () => options.find(({ input }) => input.checked)?.option,
    close: stop,
  };
}

/** Marks a sanitized element as somebody else's words. Long headings are set smaller, never shorter. */
function theirs(target: HTMLElement, testid: "heading" | "paragraph"): HTMLElement {
  target.dataset["testid"] = testid;
  target.dir = "auto";
  target.className = testid === "heading" && target.textContent.length > 48 ? "heading long" : testid;
  return target;
}

function optionOf(
  carrier: HTMLButtonElement,
  isOnly: boolean,
  onChosen: () => void,
): { readonly row: HTMLElement; readonly input: HTMLInputElement; readonly option: Option } {
  const label = carrier.textContent;
  const choice = carrier.getAttribute("value") ?? label;
  const input = element("input", { attributes: { type: "radio", name: "choice" } });
  input.checked = isOnly;
  input.addEventListener("change", onChosen);
  const words = element("span", { class: "label", attributes: { dir: "auto" } }, ...carrier.childNodes);
  return {
    row: element("label", { class: "choice", testid: "choice" }, input, words),
    input,
    option: { label, choice },
  };
}

/** Tells when the end of a text comes on the screen, and shows by a shadow on which side there is more. */
export function watchEnd(text: HTMLElement, end: HTMLElement, frame: HTMLElement, onRead: () => void): () => void {
  let isRead = false;
  const seen = new IntersectionObserver((entries) => {
    if (isRead || !entries.some(({ isIntersecting }) => isIntersecting)) return;
    isRead = true;
    onRead();
  });
  const shade = (): void => {
    const below = text.scrollHeight - text.clientHeight - text.scrollTop;
    frame.classList.toggle("more-above", text.scrollTop > 1);
    frame.classList.toggle("more-below", below > 1);
    // Keys can scroll only what can have focus.
    if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0;
    else text.removeAttribute("tabindex");
  };
  const sized = new ResizeObserver(shade);
  text.addEventListener("scroll", shade, { passive: true });
  seen.observe(end);
  sized.observe(text);
  return () => {
    seen.disconnect();
    sized.disconnect();
  };
}
