/**
 * The outer form of the JOSE objects on the wire (RFC 7515 §7.2, RFC 7516 §7.2, RFC 7517). What is inside is for `src/crypto`.
 * A JWK with a private member is refused here, whoever sent it.
 */
import { ProtocolError } from "./errors.ts";
import { isJsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { list, object, type ReadOf, type Shape, text } from "./shape.ts";

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const bounded = (longest: number): Shape<string> => text(1, longest, { pattern: BASE64URL });
const encoded = bounded(LIMITS.messageBytes);

/** A key's fingerprint (design §5): thirty Base32 signs in groups of five, or a shorter or longer one to look up. */
export const Kid = text(1, 100, { pattern: /^[A-Z2-7-]+$/ });

/** The name of a WebAuthn credential: at most 1023 bytes (WebAuthn §4). */
export const CredentialId = bounded(1364);

/** A WebAuthn assertion (WebAuthn §5.8.1), each member as the authenticator and the browser gave it. */
export const PresenceAssertion = object({
  CredentialID: CredentialId,
  AuthenticatorData: bounded(1024),
  ClientDataJSON: bounded(4096),
  Signature: bounded(128),
});
export type PresenceAssertion = ReadOf<typeof PresenceAssertion>;

const unprotected = object({}, { kid: Kid, presence: PresenceAssertion });
const signature = object({ protected: encoded, signature: encoded }, { header: unprotected });

/** JWS General JSON with exactly one signature; `header` is unprotected. Other members are dropped. */
export const Jws = object({ payload: encoded, signatures: list(signature, 1, 1) });
export type Jws = ReadOf<typeof Jws>;

/** Flattened JWS: an authenticated call and its answer, which may be long; who reads one bounds the whole text. */
export const FlattenedJws = object({
  payload: bounded(LIMITS.answerBytes),
  protected: encoded,
  signature: encoded,
});
export type FlattenedJws = ReadOf<typeof FlattenedJws>;

/** The members that would make a JWK more than public (RFC 7518 §6). */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] as const;

/** The same shape for an object that has none of these members; most others are ignored, and ignoring these would not be safe. */
function without<T>(names: readonly string[], kind: string, shape: Shape<T>): Shape<T> {
  return {
    read: (value, path) => {
      const found = isJsonObject(value) ? names.find((name) => Object.hasOwn(value, name)) : undefined;
      if (found !== undefined) throw new ProtocolError("shape", `${path} has the ${kind} member ${found}.`);
      return shape.read(value, path);
    },
    schema: { ...shape.schema, not: { anyOf: names.map((name) => ({ required: [name] })) } },
  };
}

const number = bounded(1024);
const publicMembers = object(
  { kty: text(1, 8) },
  {
    ...{ crv: text(1, 16), x: number, y: number, n: number, e: number },
    ...{ alg: text(1, 20), use: text(1, 20), key_ops: list(text(1, 20), 0, 16) },
  },
);

/** A public key as a JWK, with what it says it is for. Which kinds count is decided by `src/crypto`. */
export const PublicJwk: Shape<ReadOf<typeof publicMembers>> = without(PRIVATE, "private", publicMembers);
export type PublicJwk = ReadOf<typeof PublicJwk>;

/**
 * What a recipient's own header says; none of it is authenticated. `alg` and `epk` stand here where there are several
 * recipients, and in the protected header where there is one. What decides about the content must be protected.
 */
const RecipientHeader = without(
  ["enc", "zip", "crit", "cty", "apu", "apv"],
  "unprotected",
  object({ kid: Kid }, { alg: text(1, 32), epk: PublicJwk }),
);

/**
 * JWE General JSON (RFC 7516 §7.2.1): one ciphertext, its key encrypted for each recipient. Without a shared unprotected
 * header and without `aad`. Other members are dropped.
 */
export const Jwe = without(
  ["unprotected", "aad", "payload"],
  "unexpected",
  object({
    protected: encoded,
    iv: encoded,
    ciphertext: encoded,
    tag: encoded,
    recipients: list(object({ header: RecipientHeader, encrypted_key: bounded(128) }), 1, LIMITS.recipients),
  }),
);
export type Jwe = ReadOf<typeof Jwe>;

/** A signed object in clear, or encrypted: told apart as RFC 7516 §9 says. */
export const JwsOrJwe: Shape<Jws | Jwe> = {
  read: (value, path) =>
    isJsonObject(value) && Object.hasOwn(value, "ciphertext") ? Jwe.read(value, path) : Jws.read(value, path),
  schema: { anyOf: [without(["ciphertext"], "encrypted", Jws).schema, Jwe.schema] },
};
export type JwsOrJwe = ReadOf<typeof JwsOrJwe>;

/** True for what is encrypted. */
export function isJwe(object: JwsOrJwe): object is Jwe {
  return "ciphertext" in object;
}
