/**
 * Why a text is not shown. Everything in `src/srml` that refuses input throws a {@link SrmlError}; the code crosses
 * process and context boundaries, the stack does not.
 */
export type SrmlErrorCode =
  /** More than 8 KiB of UTF-8. */
  | "too_large"
  /** Not well-formed XML. */
  | "malformed"
  /** An XML declaration of another version than 1.0, or of another encoding than UTF-8. */
  | "declaration"
  /** A document type declaration. */
  | "doctype"
  /** A processing instruction. */
  | "processing_instruction"
  | "comment"
  /** A CDATA section. */
  | "cdata"
  /** An entity or character reference other than `&lt;` `&gt;` `&amp;` `&apos;` `&quot;`. */
  | "entity"
  /** An element or attribute with a namespace prefix. */
  | "prefix"
  /** A default namespace other than SRML's. */
  | "namespace"
  /** The outermost element is not `srml`. */
  | "root"
  /** An element that SRML does not have. */
  | "element"
  /** An element inside `h1`, `p` or `button`, or a second `srml`. */
  | "nesting"
  /** `h1`, `p`, `button` in another order than this. */
  | "order"
  /** No `h1`, or a second one. */
  | "heading"
  /** Characters outside of `h1`, `p` and `button`. */
  | "stray_text"
  /** An attribute other than `value` on `button`, or than the default namespace on `srml`. */
  | "attribute"
  /** A `value` that is not 1 to 64 of `A-Z a-z 0-9 . _ -`. */
  | "value"
  /** Two buttons with one label, or with one answer. */
  | "duplicate"
  /** A heading, paragraph or label with more characters than fit. */
  | "too_long"
  /** More than 16 paragraphs or 8 buttons. */
  | "too_many"
  /** A heading, paragraph or label that shows nothing. */
  | "empty"
  /** A character that is invisible, reorders the text, or has no fixed look; the message names it. */
  | "forbidden_character"
  /** More than 4 combining marks in a row; the message names the fifth. */
  | "too_many_marks";

/** Text or markup that must not be shown to a user. `message` is a sentence for the sender. */
export class SrmlError extends Error {
  override readonly name = "SrmlError";
  readonly code: SrmlErrorCode;

  constructor(code: SrmlErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
