/**
 * Takes the events of an XML parser and builds the one document that SRML allows: `srml` holding `h1` once, then `p`,
 * then `button`, each of them text alone. Refuses any other element, order, nesting, attribute, amount or text.
 */
import { SrmlError } from "./errors.ts";
import { type Srml, SRML_LIMITS, SRML_NAMESPACE, type SrmlButton } from "./model.ts";
import { gateText, isInvisible } from "./text-gate.ts";

type Attributes = Readonly<Record<string, string>>;
type TextElement = "h1" | "p" | "button";

const BUTTON_VALUE = /^[A-Za-z0-9._-]{1,64}$/;
const MOST_CHARACTERS: Readonly<Record<TextElement, number>> = {
  h1: SRML_LIMITS.headingCharacters,
  p: SRML_LIMITS.paragraphCharacters,
  button: SRML_LIMITS.labelCharacters,
};

/** One document being read. Every method but {@link SrmlDocument.finish} takes one event, in document order. */
export class SrmlDocument {
  #isInRoot = false;
  #element: TextElement | undefined;
  #text = "";
  #value: string | undefined;
  #heading: string | undefined;
  readonly #paragraphs: string[] = [];
  readonly #buttons: SrmlButton[] = [];

  /** @throws SrmlError `prefix`, `root`, `nesting`, `element`, `attribute`, `namespace`, `heading`, `order`, `too_many`, `value` */
  open(name: string, attributes: Attributes): void {
    for (const qualified of [name, ...Object.keys(attributes)]) {
      if (qualified.includes(":")) throw new SrmlError("prefix", `SRML has no prefixes: ${quote(qualified)}.`);
    }
    if (this.#element !== undefined) throw new SrmlError("nesting", `${this.#element} holds text, no elements.`);
    if (!this.#isInRoot) this.#openRoot(name, attributes);
    else if (isTextElement(name)) this.#openText(name, attributes);
    else if (name === "srml") throw new SrmlError("nesting", "There is one srml element, the outermost.");
    else throw new SrmlError("element", `SRML has no element ${quote(name)}.`);
  }

  /** @throws SrmlError `stray_text` */
  text(text: string): void {
    if (this.#element !== undefined) this.#text += text;
    else if (/[^ \t\n]/.test(text)) throw new SrmlError("stray_text", "There is text outside of h1, p and button.");
  }

  /** @throws SrmlError `forbidden_character`, `too_many_marks`, `empty`, `too_long`, `duplicate` */
  close(): void {
    if (this.#element === undefined) return;
    const text = readText(this.#element, this.#text);
    if (this.#element === "h1") this.#heading = text;
    else if (this.#element === "p") this.#paragraphs.push(text);
    else this.#addButton(text);
    this.#element = undefined;
  }

  /** @throws SrmlError `heading` */
  finish(): Srml {
    if (this.#heading === undefined) throw new SrmlError("heading", "There is no h1.");
    return Object.freeze({
      heading: this.#heading,
      paragraphs: Object.freeze([...this.#paragraphs]),
      buttons: Object.freeze([...this.#buttons]),
    });
  }

  #openRoot(name: string, attributes: Attributes): void {
    if (name !== "srml") throw new SrmlError("root", `The outermost element is ${quote(name)}, not srml.`);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (attribute !== "xmlns") throw new SrmlError("attribute", `srml has no attribute ${quote(attribute)}.`);
      if (value !== SRML_NAMESPACE) throw new SrmlError("namespace", `The namespace is not ${SRML_NAMESPACE}.`);
    }
    this.#isInRoot = true;
  }

  #openText(name: TextElement, attributes: Attributes): void {
    this.#value = readValue(name, attributes);
    this.#checkPlace(name);
    this.#element = name;
    this.#text = "";
  }

  #checkPlace(name: TextElement): void {
    const { paragraphs, buttons } = SRML_LIMITS;
    const hasButtons = this.#buttons.length > 0;
    if (name === "h1") {
      if (this.#heading !== undefined) throw new SrmlError("heading", "There is more than one h1.");
      if (hasButtons || this.#paragraphs.length > 0) throw new SrmlError("order", "h1 comes first.");
    } else if (name === "p") {
      if (hasButtons) throw new SrmlError("order", "Every p comes before the first button.");
      if (this.#paragraphs.length === paragraphs)
        throw new SrmlError("too_many", `There are more than ${paragraphs} p.`);
    } else if (this.#buttons.length === buttons) {
      throw new SrmlError("too_many", `There are more than ${buttons} buttons.`);
    }
  }

  #addButton(label: string): void {
    const value = this.#value;
    // An answer names the value, or else the label: one word must not mean two buttons.
    const taken = this.#buttons.some((other) => other.label === label || answerOf(other) === (value ?? label));
    if (taken) throw new SrmlError("duplicate", "Two buttons have the same label or the same answer.");
    this.#buttons.push(Object.freeze(value === undefined ? { label } : { label, value }));
  }
}

function isTextElement(name: string): name is TextElement {
  return name === "h1" || name === "p" || name === "button";
}

function readValue(name: TextElement, attributes: Attributes): string | undefined {
  for (const attribute of Object.keys(attributes)) {
    if (name !== "button" || attribute !== "value") {
      throw new SrmlError("attribute", `${name} has no attribute ${quote(attribute)}.`);
    }
  }
  const value = attributes["value"];
  if (value !== undefined && !BUTTON_VALUE.test(value)) {
    throw new SrmlError("value", `A button's value is 1 to 64 of A-Z a-z 0-9 . _ -, not ${quote(value)}.`);
  }
  return value;
}

/** Gates a text, then collapses its white space as HTML would display it. */
function readText(name: TextElement, raw: string): string {
  gateText(raw, "text");
  const text = raw.replaceAll(/[ \t\n]+/g, " ").replaceAll(/^ | $/g, "");
  if (isInvisible(text)) throw new SrmlError("empty", `${name} shows nothing.`);
  const most = MOST_CHARACTERS[name];
  if (text.length > most && [...text].length > most)
    throw new SrmlError("too_long", `${name} has more than ${most} characters.`);
  return text;
}

function answerOf(button: SrmlButton): string {
  return button.value ?? button.label;
}

/** Foreign text inside a message: short, and in ASCII, since a message goes to terminals too. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40)).replaceAll(/[^ -~]/g, "?");
}
