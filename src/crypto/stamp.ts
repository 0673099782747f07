/** Stamps (design §8): the service's signed word on when it took in which answer to which request. */
import { type FlattenedJws, formatTime, parseTime, Stamp } from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import { signFlattened } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import type { VerifyKey } from "./public-key.ts";
import { openSigned, TYP } from "./signed.ts";

export interface NewStamp {
  /** base64url(SHA-256(protected "." payload)) of the request and of the answer, as the service holds them. */
  readonly requestDigest: string;
  readonly responseDigest: string;
  /** Milliseconds since 1970, written with whole seconds. */
  readonly received: number;
  /** Where the answer stands in the service's audit log, if it keeps one. */
  readonly audit?: { readonly sequence: number; readonly hash: string };
}

/** A stamp whose signature holds. Whose word it is, is for the verifier to know. */
export interface VerifiedStamp {
  readonly signer: VerifyKey;
  readonly requestDigest: string;
  readonly responseDigest: string;
  readonly received: number;
  readonly audit: { readonly sequence: number; readonly hash: string } | undefined;
}

/** Signs a stamp. */
export function signStamp(
  key: SigningKey,
  stamp: NewStamp,
  primitives: Primitives = webPrimitives,
): Promise<FlattenedJws> {
  const { audit } = stamp;
  const body: Stamp = {
    RequestDigest: stamp.requestDigest,
    ResponseDigest: stamp.responseDigest,
    Received: formatTime(stamp.received),
    ...(audit === undefined ? {} : { AuditSeq: audit.sequence, AuditHash: audit.hash }),
  };
  return signFlattened(key, { typ: TYP.stamp, jwk: { ...key.jwk } }, JSON.stringify({ Stamp: body }), primitives);
}

/**
 * Verifies a stamp's own signature. It must say `typ` and carry its key: it is read years later, by whoever has the
 * receipt alone.
 *
 * @throws CryptoError, ProtocolError as `openSigned`; CryptoError `header`
 */
export async function openStamp(stamp: FlattenedJws): Promise<VerifiedStamp> {
  const { payload, protected: header, signature } = stamp;
  const jws = { payload, signatures: [{ protected: header, signature }] };
  const { body, signer, typed } = await openSigned(jws, TYP.stamp, Stamp);
  if (!typed) throw new CryptoError("header", "A stamp must say typ in its protected header.");
  const { AuditSeq: sequence, AuditHash: hash } = body;
  return Object.freeze({
    signer,
    requestDigest: body.RequestDigest,
    responseDigest: body.ResponseDigest,
    received: parseTime(body.Received),
    audit: sequence === undefined || hash === undefined ? undefined : Object.freeze({ sequence, hash }),
  });
}
