/** Writes SRML. It can only return what {@link parseSrml} accepts, because it asks it. */
import { SRML_NAMESPACE, type SrmlButton } from "./model.ts";
import { parseSrml } from "./parse-srml.ts";

/** What a document is written from. */
export interface SrmlInput {
  readonly heading: string;
  readonly paragraphs?: readonly string[];
  readonly buttons?: readonly SrmlButton[];
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Writes an SRML document in the default namespace. Parsed again, it gives the same heading, paragraphs and buttons,
 * but for white space, which {@link parseSrml} collapses.
 *
 * @param srml texts as the user shall read them, without markup or escapes
 * @throws SrmlError with the code that {@link parseSrml} would give
 */
export function writeSrml(srml: SrmlInput): string {
  const lines = [
    `<srml xmlns="${SRML_NAMESPACE}">`,
    `  <h1>${escape(srml.heading)}</h1>`,
    ...(srml.paragraphs ?? []).map((paragraph) => `  <p>${escape(paragraph)}</p>`),
    ...(srml.buttons ?? []).map(writeButton),
    "</srml>",
  ];
  const text = lines.join("\n");
  parseSrml(text);
  return text;
}

function writeButton({ label, value }: SrmlButton): string {
  const attribute = value === undefined ? "" : ` value="${escape(value)}"`;
  return `  <button${attribute}>${escape(label)}</button>`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}
