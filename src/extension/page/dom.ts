/** Builds elements, and nothing else: text is always a text node, markup is never parsed. */
import { i18n } from "../browser.ts";

export type Child = Node | string | undefined;

export interface ElementOptions {
  readonly class?: string;
  /** Becomes `data-testid`, the name that tests know. */
  readonly testid?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An element with these children; an undefined child is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  if (options.testid !== undefined) made.dataset["testid"] = options.testid;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** An element of SVG with these attributes and children. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** A word of somebody else: isolated, so that its direction changes nothing around it. */
export function foreign(text: string, options: ElementOptions = {}): HTMLElement {
  return element("bdi", { ...options, attributes: { ...options.attributes, dir: "auto" } }, text);
}

/** What stands for an element while the sentence around it is looked up; the text gate lets no such character in. */
const MARKS = ["\uE000", "\uE001", "\uE002", "\uE003"];

/** A sentence of the user's language with elements in it: foreign text never goes through the browser's templates. */
export function sentence(key: string, ...parts: readonly Node[]): DocumentFragment {
  const text = i18n(key, ...parts.map((_, index) => MARKS[index] ?? ""));
  const made = document.createDocumentFragment();
  for (const piece of text.split(/([\uE000-\uE003])/)) made.append(parts[MARKS.indexOf(piece)] ?? piece);
  return made;
}

/** A button that says `text`. It acts on what the user really did, never on an event that a script made. */
export function button(text: Child, options: ElementOptions, act: () => void): HTMLButtonElement {
  const made = element("button", { ...options, attributes: { type: "button", ...options.attributes } }, text);
  made.addEventListener("click", (event) => {
    if (event.isTrusted) act();
  });
  return made;
}

/** A fingerprint or BrokerID in its groups of five, which can be selected as a whole and compared group by group. */
export function fingerprint(kid: string, testid?: string): HTMLElement {
  // Its groups of digits would change places in a line that is read from the right.
  const attributes = { dir: "ltr" };
  const made = element("code", { class: "fingerprint", attributes, ...(testid === undefined ? {} : { testid }) });
  for (const [index, group] of kid.split("-").entries()) {
    if (index > 0) made.append(element("span", { class: "hyphen" }, "-"), element("wbr"));
    made.append(element("span", { class: "group" }, group));
  }
  return made;
}

/** Makes a text the element's own, where it is not already: a live region repeats what is written again. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
