/** Signing and verifying. A JWS here has one signature; a General one carries `kid` unprotected, as in the drafts. */
import type { FlattenedJws, JsonObject, Jws, PresenceAssertion } from "../protocol/index.ts";
import { decodeBase64url } from "../protocol/index.ts";
import { namedAlgorithm } from "./algorithms.ts";
import { CryptoError } from "./errors.ts";
import { otherAlgorithm } from "./jwk.ts";
import type { SigningKey } from "./keys.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import type { VerifyKey } from "./public-key.ts";

const encoder = new TextEncoder();

/**
 * Signs a payload.
 *
 * @param header - the protected header without `alg`, which comes from the key
 */
export async function signFlattened(
  key: SigningKey,
  header: JsonObject,
  payload: string,
  primitives: Primitives = webPrimitives,
): Promise<FlattenedJws> {
  return primitives.sign(key, { alg: key.alg, ...header }, payload);
}

/** Signs a payload as General JSON: `jwk` protected, `kid` unprotected, beside it a `presence` that is there already. */
export async function signGeneral(
  key: SigningKey,
  typ: string,
  payload: string,
  presence?: PresenceAssertion,
): Promise<Jws> {
  const flat = await signFlattened(key, { typ, jwk: { ...key.jwk } }, payload);
  return {
    payload: flat.payload,
    signatures: [
      {
        protected: flat.protected,
        header: { kid: key.kid, ...(presence === undefined ? {} : { presence }) },
        signature: flat.signature,
      },
    ],
  };
}

/**
 * Verifies one signature, over exactly the bytes that came: protected "." payload.
 *
 * @param header - what `readHeader` gave of `jws.protected`; its `alg` must be the key's
 * @returns the payload's bytes
 * @throws CryptoError `algorithm`, `signature`; ProtocolError `base64url`
 */
export async function verifyFlattened(
  jws: FlattenedJws,
  header: JsonObject,
  key: VerifyKey,
  primitives: Primitives = webPrimitives,
): Promise<Uint8Array> {
  if (namedAlgorithm(header["alg"]) !== key.alg) throw otherAlgorithm();
  const payload = decodeBase64url(jws.payload);
  const signed = encoder.encode(`${jws.protected}.${jws.payload}`);
  await verifyBytes(decodeBase64url(jws.signature), signed, key, primitives);
  return payload;
}

/**
 * Verifies a bare signature. In a JWS the bytes are those of `verifyFlattened`.
 *
 * @throws CryptoError `signature`
 */
export async function verifyBytes(
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
  key: VerifyKey,
  primitives: Primitives = webPrimitives,
): Promise<void> {
  if (await primitives.verify(key, signature, bytes)) return;
  throw new CryptoError("signature", "The signature does not fit: the bytes were changed, or signed with another key.");
}

/** The one signature of a General JWS, flattened, with the `kid` beside it. */
export function onlySignature(jws: Jws): { readonly flat: FlattenedJws; readonly kid: string | undefined } {
  const [signature, ...others] = jws.signatures;
  if (signature === undefined || others.length > 0) {
    throw new CryptoError("header", "The JWS must have exactly one signature.");
  }
  return {
    flat: { payload: jws.payload, protected: signature.protected, signature: signature.signature },
    kid: signature.header?.kid,
  };
}
