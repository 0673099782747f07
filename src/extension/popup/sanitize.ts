/**
 * The last gate before the screen: a request's text becomes elements, made one by one, and DOMPurify looks at them in
 * place. It has nothing to take away; if it finds something all the same, nothing of the request is shown.
 */
import DOMPurify, { type Config } from "dompurify";
import type { Srml } from "../../srml/index.ts";
import { element } from "../page/dom.ts";

/** The four tags and the one attribute of SRML, `srml` itself being a `div`. */
const ONLY_SRML: Config & { IN_PLACE: true } = {
  ALLOWED_TAGS: ["div", "h1", "p", "button"],
  ALLOWED_ATTR: ["value"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  IN_PLACE: true,
};

export interface SrmlElements {
  readonly heading: HTMLElement;
  readonly paragraphs: readonly HTMLElement[];
  /** Carriers of label and value; they are never put on the screen as buttons. */
  readonly buttons: readonly HTMLButtonElement[];
}

/** The elements of a request's text; undefined where the sanitizer would change any of it. */
export function srmlElements(srml: Srml): SrmlElements | undefined {
  const heading = element("h1", {}, srml.heading);
  const paragraphs = srml.paragraphs.map((text) => element("p", {}, text));
  const buttons = srml.buttons.map(({ label, value }) =>
    element("button", value === undefined ? {} : { attributes: { value } }, label),
  );
  const root = element("div", {}, heading, ...paragraphs, ...buttons);
  const before = root.cloneNode(true);
  return passesUnchanged(root) && root.isEqualNode(before) ? { heading, paragraphs, buttons } : undefined;
}

function passesUnchanged(root: HTMLElement): boolean {
  if (!DOMPurify.isSupported) return false;
  try {
    return DOMPurify.sanitize(root, ONLY_SRML) === root && DOMPurify.removed.length === 0;
  } catch {
    return false;
  }
}
