/** What an SRML document says, once parsed, and how much of it there may be. */

/** A parsed document, frozen through and through. */
export interface Srml {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** The user's options. None means a plain Accept. */
  readonly buttons: readonly SrmlButton[];
}

export interface SrmlButton {
  readonly label: string;
  /** What the answer says if the user takes this option; the label if absent. */
  readonly value?: string;
}

/** The default namespace of SRML (-00 §5.1, -01 §7.1), which a document may leave out. */
export const SRML_NAMESPACE = "http://hallambaker.com/Schemas/srml.xsd";

/** How much a user can be asked to read. Characters are code points, after white space was collapsed. */
export const SRML_LIMITS = {
  /** The document in UTF-8. */
  bytes: 8 * 1024,
  headingCharacters: 120,
  paragraphCharacters: 2000,
  labelCharacters: 40,
  paragraphs: 16,
  buttons: 8,
} as const;
