/**
 * What can be wrong with bytes that claim to be a message. Everything in `src/protocol` that refuses
 * input throws a {@link ProtocolError}; the code crosses process boundaries, the stack does not.
 */
export type ProtocolErrorCode =
  /** Not JSON, not UTF-8, or text after the value. */
  | "json_malformed"
  /** More bytes than the caller allows. */
  | "json_too_large"
  /** More than 16 levels of nesting. */
  | "json_too_deep"
  /** One object has two members of the same name (RFC 7493 §2.3). */
  | "json_duplicate_name"
  /** A member name that JavaScript treats specially, such as `__proto__`. */
  | "json_forbidden_name"
  /** A member is missing, or has the wrong type or form. */
  | "shape"
  /** The object does not have exactly one member that names a transaction. */
  | "unknown_tag"
  /** Not canonical, unpadded base64url (RFC 4648 §5). */
  | "base64url"
  /** Not an account identifier (-01 §4.2). */
  | "account"
  /** Not an RFC 3339 date and time in UTC. */
  | "time"
  /** Not a URL that a broker may have. */
  | "endpoint";

/** Input that is not a message of the protocol. `message` is a sentence for the sender. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
