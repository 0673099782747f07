/**
 * Refuses, before any parser runs, the parts of XML that SRML does without: document types, comments, CDATA sections,
 * processing instructions other than an XML declaration at the start, and references to anything but the five
 * predefined entities, numbered characters included. Where SRML is well-formed, `<!`, `<?` and `&` mean nothing else.
 */
import { SrmlError } from "./errors.ts";

/**
 * Reads the document once, from left to right.
 *
 * @throws SrmlError `doctype`, `comment`, `cdata`, `processing_instruction`, `entity`, `malformed`
 */
export function refuseForeignMarkup(document: string): void {
  for (const { 0: opening, index } of document.matchAll(/<[!?]|&/g)) {
    if (opening === "&") refuseForeignEntity(document, index);
    else if (opening === "<!") throw declarationError(document, index);
    else if (index > 0 || !/^<\?xml[ \t\r\n]/.test(document)) {
      throw new SrmlError("processing_instruction", "SRML has no processing instructions.");
    }
  }
}

function refuseForeignEntity(document: string, index: number): void {
  const predefined = /&(?:lt|gt|amp|apos|quot);/y;
  predefined.lastIndex = index;
  if (predefined.test(document)) return;
  throw new SrmlError("entity", "SRML has no entities or character references but &lt; &gt; &amp; &apos; &quot;.");
}

function declarationError(document: string, index: number): SrmlError {
  if (document.startsWith("<!--", index)) return new SrmlError("comment", "SRML has no comments.");
  if (document.startsWith("<![CDATA[", index)) return new SrmlError("cdata", "SRML has no CDATA sections.");
  if (document.slice(index, index + 9).toUpperCase() === "<!DOCTYPE") {
    return new SrmlError("doctype", "SRML has no document type declaration.");
  }
  return new SrmlError("malformed", "The document has a <! that starts nothing.");
}
