/**
 * The strict SRML parser, one for Enquirer, broker and Responder: a document is shown as it is or not at all. The XML
 * underneath is saxes, which gets what has passed the size limit, the text gate and {@link refuseForeignMarkup}.
 */
import { SaxesParser } from "saxes";
import { SrmlDocument } from "./document.ts";
import { SrmlError } from "./errors.ts";
import { type Srml, SRML_LIMITS } from "./model.ts";
import { refuseForeignMarkup } from "./scan-markup.ts";
import { gateDocument } from "./text-gate.ts";

/**
 * Reads an SRML document (-00 §5, -01 §7): `srml` with `h1` once, `p` up to 16 times, `button` up to 8 times, in this
 * order, text alone in each. In a text, runs of space, tab and line feed become one space, and those at its ends are
 * dropped: what is returned is what HTML would display. Every text passes {@link gateText}.
 *
 * @param text the whole document, at most 8 KiB of UTF-8; an XML declaration may come first, a byte order mark may not
 * @returns the document, frozen
 * @throws SrmlError with the code of the first thing that is wrong
 */
export function parseSrml(text: string): Srml {
  refuseTooLarge(text);
  gateDocument(text);
  refuseForeignMarkup(text);
  const document = new SrmlDocument();
  const parser = new SaxesParser({ xmlns: false });
  parser.on("error", (error) => {
    // The parser quotes names of the document, of any length and script, and a message goes to terminals too.
    const reason = error.message.slice(0, 120).replaceAll(/[^ -~]/g, "?");
    throw new SrmlError("malformed", `The document is not well-formed XML, ${reason}`);
  });
  parser.on("xmldecl", ({ version, encoding }) => {
    if (version !== "1.0" || (encoding ?? "utf-8").toLowerCase() !== "utf-8") {
      throw new SrmlError("declaration", "The document declares another XML than 1.0 in UTF-8.");
    }
  });
  parser.on("opentag", ({ name, attributes }) => document.open(name, attributes));
  parser.on("text", (part) => document.text(part));
  parser.on("closetag", () => document.close());
  parser.write(text).close();
  return document.finish();
}

function refuseTooLarge(text: string): void {
  // A code unit is at least one byte: what is far too long need not be encoded to be counted.
  const isTooLarge = text.length > SRML_LIMITS.bytes || new TextEncoder().encode(text).byteLength > SRML_LIMITS.bytes;
  if (isTooLarge) throw new SrmlError("too_large", `The document has more than ${SRML_LIMITS.bytes} bytes of UTF-8.`);
}
