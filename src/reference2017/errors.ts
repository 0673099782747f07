/** Why an object of the 2017 reference does not prove what it says. */
export type Reference2017ErrorCode =
  /** Not JSON, not one signed object, or something in it has another form. */
  | "malformed"
  /** The protected header says another algorithm, or more than is understood. */
  | "header"
  /** The signer's key is not among those that were given, or is none. */
  | "key_unknown"
  /** `val` in the protected header is not the SHA-512 of the payload. */
  | "digest"
  /** The signature does not fit. */
  | "signature";

/** An object that does not verify. `message` says which check failed. */
export class Reference2017Error extends Error {
  override readonly name = "Reference2017Error";
  readonly code: Reference2017ErrorCode;

  constructor(code: Reference2017ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
