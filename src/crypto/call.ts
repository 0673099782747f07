/**
 * Payload authentication (design §4, the middle lock of -01 §8): a call is a flattened JWS whose payload is the message;
 * its answer is one by the service key, bound to the call by the hash of the call's signature.
 */
import {
  decodeBase64url,
  encodeBase64url,
  FlattenedJws,
  isJsonObject,
  type JsonObject,
  LIMITS,
  scanJson,
} from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { readHeader } from "./header.ts";
import { signFlattened, verifyFlattened } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import { TYP } from "./signed.ts";

export const CALL_CONTENT_TYPE = "application/jose+json";

/** A call on its way out. */
export interface SealedCall {
  readonly body: string;
  /** What the answer must repeat as `req`. */
  readonly req: string;
}

export async function requestHash(signature: string, { sha256 }: Primitives): Promise<string> {
  return sha256(decodeBase64url(signature));
}

/**
 * Signs a call.
 *
 * @param call.url - the whole endpoint, for the push channel the wss one
 * @param call.message - the JSON of the message
 * @param call.now - milliseconds since 1970
 */
export async function sealCall(
  key: SigningKey,
  call: { readonly url: string; readonly message: string; readonly now: number },
): Promise<SealedCall> {
  const header: JsonObject = {
    typ: TYP.call,
    kid: key.kid,
    jwk: { ...key.jwk },
    url: call.url,
    iat: Math.floor(call.now / 1000),
    jti: encodeBase64url(crypto.getRandomValues(new Uint8Array(16))),
  };
  const jws = await signFlattened(key, header, call.message);
  return { body: JSON.stringify(jws), req: await requestHash(jws.signature, webPrimitives) };
}

/** An answer that the service key signed for this call. */
export interface OpenedAnswer {
  readonly payload: Uint8Array;
  /** The service's clock, in milliseconds since 1970. */
  readonly issued: number;
}

/**
 * Verifies the answer to a call.
 *
 * @throws CryptoError `header`, `kid`, `algorithm`, `signature`; ProtocolError
 */
export async function openAnswer(
  body: Uint8Array | string,
  expect: { readonly req: string; readonly service: VerifyKey },
): Promise<OpenedAnswer> {
  const json = scanJson(body, LIMITS.answerBytes);
  if (!isJsonObject(json)) throw new CryptoError("header", "The answer is not signed.");
  const jws = FlattenedJws.read(json, "answer");
  const header = readHeader(jws.protected);
  if (header["typ"] !== TYP.answer) throw new CryptoError("header", `The answer's typ is not ${TYP.answer}.`);
  if (header["kid"] !== expect.service.kid) {
    throw new CryptoError("kid", "The answer is signed by another key than the broker's that is pinned here.");
  }
  const payload = await verifyFlattened(jws, header, expect.service);
  if (header["req"] !== expect.req) throw new CryptoError("signature", "The answer belongs to another call.");
  const iat = header["iat"];
  if (typeof iat !== "number" || !Number.isSafeInteger(iat)) throw new CryptoError("header", "The answer has no iat.");
  return Object.freeze({ payload, issued: iat * 1000 });
}
