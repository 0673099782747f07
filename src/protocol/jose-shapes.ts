/**
 * The outer form of the JOSE objects on the wire (RFC 7515 §7.2, RFC 7517). What is inside is for `src/crypto`.
 * A JWK with a private member is refused here, whoever sent it.
 */
import { ProtocolError } from "./errors.ts";
import { isJsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { list, object, type ReadOf, type Shape, text } from "./shape.ts";

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const encoded = text(1, LIMITS.messageBytes, { pattern: BASE64URL });

/** A key's fingerprint (design §5): thirty Base32 signs in groups of five, or a shorter or longer one to look up. */
export const Kid = text(1, 100, { pattern: /^[A-Z2-7-]+$/ });

/** JWS General JSON with exactly one signature; `header` is unprotected. Other members are dropped. */
export const Jws = object({
  payload: encoded,
  signatures: list(object({ protected: encoded, signature: encoded }, { header: object({}, { kid: Kid }) }), 1, 1),
});
export type Jws = ReadOf<typeof Jws>;

/** Flattened JWS: an authenticated call and its answer, which may be long; who reads one bounds the whole text. */
export const FlattenedJws = object({
  payload: text(1, LIMITS.answerBytes, { pattern: BASE64URL }),
  protected: encoded,
  signature: encoded,
});
export type FlattenedJws = ReadOf<typeof FlattenedJws>;

/** The members that would make a JWK more than public (RFC 7518 §6). */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] as const;

const number = text(1, 1024, { pattern: BASE64URL });
const publicMembers = object(
  { kty: text(1, 8) },
  {
    ...{ crv: text(1, 16), x: number, y: number, n: number, e: number },
    ...{ alg: text(1, 20), use: text(1, 20), key_ops: list(text(1, 20), 0, 16) },
  },
);

/** A public key as a JWK, with what it says it is for. Which kinds count is decided by `src/crypto`. */
export const PublicJwk: Shape<ReadOf<typeof publicMembers>> = {
  read: (value, path) => {
    const found = isJsonObject(value) ? PRIVATE.find((name) => Object.hasOwn(value, name)) : undefined;
    if (found !== undefined) throw new ProtocolError("shape", `${path} has the private member ${found}.`);
    return publicMembers.read(value, path);
  },
  schema: {
    ...publicMembers.schema,
    not: { anyOf: PRIVATE.map((name) => ({ required: [name] })) },
  },
};
export type PublicJwk = ReadOf<typeof PublicJwk>;
