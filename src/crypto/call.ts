/**
 * Payload authentication (design §4, the middle lock of -01 §8): a call is a flattened JWS whose payload is the message;
 * its answer is one by the service key, bound to the call by the hash of the call's signature.
 */
import {
  decodeBase64url,
  encodeBase64url,
  FlattenedJws,
  isJsonObject,
  LIMITS,
  scanJson,
  type JsonObject,
} from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { type HeldKey, readHeader, signerKey } from "./header.ts";
import { signFlattened, verifyFlattened } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";
import { type Sha256, webSha256 } from "./sha256.ts";
import { TYP } from "./signed.ts";

export const CALL_CONTENT_TYPE = "application/jose+json";

/** A call on its way out. */
export interface SealedCall {
  readonly body: string;
  /** What the answer must repeat as `req`. */
  readonly req: string;
}

/** A call that is well-formed; nothing in it is believed yet. */
export interface ReadCall {
  readonly jws: FlattenedJws;
  readonly header: JsonObject;
  /** base64url(SHA-256(the signature's bytes)): a refusal is bound to it as well. */
  readonly req: string;
}

/** A call whose signature, address and date hold. Whether its `jti` is new is for the store. */
export interface OpenedCall {
  readonly payload: Uint8Array;
  readonly caller: VerifyKey;
  readonly jti: string;
  /** Milliseconds since 1970. */
  readonly issued: number;
}

async function requestHash(signature: string, sha256: Sha256): Promise<string> {
  return encodeBase64url(await sha256(decodeBase64url(signature)));
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
  return { body: JSON.stringify(jws), req: await requestHash(jws.signature, webSha256) };
}

/** Refuses a call whose time is not ours. */
function checkIssued(header: JsonObject, now: number): number {
  const iat = header["iat"];
  if (typeof iat !== "number" || !Number.isSafeInteger(iat)) {
    throw new CryptoError("header", "The call has no iat (seconds since 1970).");
  }
  const ahead = iat - Math.floor(now / 1000);
  if (Math.abs(ahead) * 1000 > LIMITS.clockSkewMs) {
    const by = `${String(Math.abs(ahead))} seconds ${ahead > 0 ? "ahead of" : "behind"}`;
    throw new CryptoError("stale", `The call's clock is ${by} the broker's; at most 120 are allowed.`, ahead);
  }
  return iat * 1000;
}

/**
 * Reads the outer form of a call: an HTTP body, or the first frame of a push channel.
 *
 * @throws CryptoError `header`; ProtocolError for what is not JSON or not base64url
 */
export async function readCall(body: Uint8Array | string, sha256: Sha256 = webSha256): Promise<ReadCall> {
  const jws = FlattenedJws.read(scanJson(body, LIMITS.messageBytes), "call");
  return Object.freeze({ jws, header: readHeader(jws.protected), req: await requestHash(jws.signature, sha256) });
}

/**
 * Verifies a call.
 *
 * @param expect.urls - the addresses that this broker is known by; for push the ws ones
 * @param expect.now - milliseconds since 1970
 * @throws CryptoError any code; ProtocolError for what is not base64url
 */
export async function openCall(
  { jws, header }: ReadCall,
  expect: { readonly urls: readonly string[]; readonly now: number; readonly held?: HeldKey },
): Promise<OpenedCall> {
  if (header["typ"] !== TYP.call) throw new CryptoError("header", `The call's typ is not ${TYP.call}.`);
  const { kid, url, jti } = header;
  if (typeof kid !== "string") throw new CryptoError("header", "The call has no kid.");
  if (typeof jti !== "string" || jti.length > 128 || decodeBase64url(jti).length < 12) {
    throw new CryptoError("header", "The call has no jti of at least 96 random bits.");
  }
  const caller = await signerKey(header, kid, expect.held);
  const payload = await verifyFlattened(jws, header, caller);
  if (typeof url !== "string" || !expect.urls.includes(url.replace(/\/$/, ""))) {
    throw new CryptoError("url", "The call is signed for another address than this broker's.");
  }
  const issued = checkIssued(header, expect.now);
  return Object.freeze({ payload, caller, jti, issued });
}

/** Signs the answer to a call by the service key. `now` is milliseconds since 1970. */
export async function sealAnswer(
  service: SigningKey,
  answer: { readonly req: string; readonly message: string; readonly now: number },
): Promise<string> {
  const header = { typ: TYP.answer, kid: service.kid, req: answer.req, iat: Math.floor(answer.now / 1000) };
  return JSON.stringify(await signFlattened(service, header, answer.message));
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
