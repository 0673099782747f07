/** The service's side of an authenticated call (design §4): reads and verifies the call, signs its answer. */
import { decodeBase64url, FlattenedJws, type JsonObject, LIMITS, scanJson } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { type HeldKey, readHeader, signerKey } from "./header.ts";
import { signFlattened, verifyFlattened } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import { TYP } from "./signed.ts";
import { requestHash } from "./call.ts";

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
export async function readCall(body: Uint8Array | string, primitives: Primitives = webPrimitives): Promise<ReadCall> {
  const jws = FlattenedJws.read(scanJson(body, LIMITS.messageBytes), "call");
  return Object.freeze({ jws, header: readHeader(jws.protected), req: await requestHash(jws.signature, primitives) });
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
  primitives: Primitives = webPrimitives,
): Promise<OpenedCall> {
  if (header["typ"] !== TYP.call) throw new CryptoError("header", `The call's typ is not ${TYP.call}.`);
  const { kid, url, jti } = header;
  if (typeof kid !== "string") throw new CryptoError("header", "The call has no kid.");
  if (typeof jti !== "string" || jti.length > 128 || decodeBase64url(jti).length < 12) {
    throw new CryptoError("header", "The call has no jti of at least 96 random bits.");
  }
  const caller = await signerKey(header, kid, expect.held);
  const payload = await verifyFlattened(jws, header, caller, primitives);
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
  primitives: Primitives = webPrimitives,
): Promise<string> {
  const header = { typ: TYP.answer, kid: service.kid, req: answer.req, iat: Math.floor(answer.now / 1000) };
  return JSON.stringify(await signFlattened(service, header, answer.message, primitives));
}
