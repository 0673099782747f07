/** Signing and verifying, over jose. A JWS here has one signature; a General one carries `kid` unprotected, as in the drafts. */
import { errors, FlattenedSign, flattenedVerify } from "jose";
import type { FlattenedJws, JsonObject, Jws } from "../protocol/index.ts";
import { decodeBase64url } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import type { SigningKey, VerifyKey } from "./keys.ts";

/**
 * Signs a payload.
 *
 * @param header - the protected header without `alg`, which comes from the key
 */
export async function signFlattened(key: SigningKey, header: JsonObject, payload: string): Promise<FlattenedJws> {
  const signed = await new FlattenedSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: key.alg, ...header })
    .sign(key.privateKey);
  return { protected: signed.protected ?? "", payload: signed.payload, signature: signed.signature };
}

/** Signs a payload as General JSON: `jwk` protected, `kid` unprotected. */
export async function signGeneral(key: SigningKey, typ: string, payload: string): Promise<Jws> {
  const flat = await signFlattened(key, { typ, jwk: { ...key.jwk } }, payload);
  return {
    payload: flat.payload,
    signatures: [{ protected: flat.protected, header: { kid: key.kid }, signature: flat.signature }],
  };
}

/**
 * Verifies one signature. The header was read before: `key` is the one that it names.
 *
 * @returns the payload's bytes
 * @throws CryptoError `signature`; ProtocolError `base64url`
 */
export async function verifyFlattened(jws: FlattenedJws, key: VerifyKey): Promise<Uint8Array> {
  const payload = decodeBase64url(jws.payload);
  decodeBase64url(jws.signature);
  try {
    await flattenedVerify({ ...jws }, key.key, { algorithms: [key.alg] });
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      throw new CryptoError(
        "signature",
        "The signature does not fit: the bytes were changed, or signed with another key.",
      );
    }
    throw error;
  }
  return payload;
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
