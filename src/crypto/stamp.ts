/** Stamps (design §8): the service's signed word on when it took in which answer to which request. */
import {
  encodeTextBase64url,
  type FlattenedJws,
  formatTime,
  type JsonObject,
  parseTime,
  Stamp,
} from "../protocol/index.ts";
import { CryptoError } from "./errors.ts";
import type { SigningKey } from "./keys.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import type { VerifyKey } from "./public-key.ts";
import { openSigned, TYP } from "./signed.ts";

/** A record of the audit log: in which chain, the number there, and its hash. */
export interface AuditPlace {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string;
}

export interface NewStamp {
  /** base64url(SHA-256(protected "." payload)) of the request and of the answer, as the service holds them. */
  readonly requestDigest: string;
  readonly responseDigest: string;
  /** Milliseconds since 1970, written with whole seconds. */
  readonly received: number;
  /** Where the answer stands in the service's audit log, if it had one then. */
  readonly audit?: AuditPlace | undefined;
}

/** A stamp whose signature holds. Whose word it is, is for the verifier to know. */
export interface VerifiedStamp {
  readonly signer: VerifyKey;
  readonly requestDigest: string;
  readonly responseDigest: string;
  readonly received: number;
  readonly audit: AuditPlace | undefined;
}

/** Signs a stamp. */
export async function signStamp(
  key: SigningKey,
  stamp: NewStamp,
  { sign }: Pick<Primitives, "sign"> = webPrimitives,
): Promise<FlattenedJws> {
  const { header, payload } = unsignedStamp(key, stamp);
  return sign(key, header, payload);
}

/** What is signed of a stamp, the same each time: so who keeps the signature alone can put the stamp together again. */
export function unsignedStamp(
  { alg, jwk }: VerifyKey,
  stamp: NewStamp,
): { readonly header: JsonObject; readonly payload: string } {
  const { audit } = stamp;
  const body: Stamp = {
    RequestDigest: stamp.requestDigest,
    ResponseDigest: stamp.responseDigest,
    Received: formatTime(stamp.received),
    ...(audit === undefined ? {} : auditMembers(audit)),
  };
  return { header: { alg, typ: TYP.stamp, jwk: { ...jwk } }, payload: JSON.stringify({ Stamp: body }) };
}

/** A stamp by its signature. Nothing is verified. */
export function stampBy(key: VerifyKey, stamp: NewStamp, signature: string): FlattenedJws {
  const { header, payload } = unsignedStamp(key, stamp);
  return {
    protected: encodeTextBase64url(JSON.stringify(header)),
    payload: encodeTextBase64url(payload),
    signature,
  };
}

function auditMembers({ writer, sequence, hash }: AuditPlace): Pick<Stamp, "AuditWriter" | "AuditSeq" | "AuditHash"> {
  return { AuditWriter: writer, AuditSeq: sequence, AuditHash: hash };
}

function auditPlace({ AuditWriter: writer, AuditSeq: sequence, AuditHash: hash }: Stamp): AuditPlace | undefined {
  if (writer === undefined || sequence === undefined || hash === undefined) return undefined;
  return Object.freeze({ writer, sequence, hash });
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
  return Object.freeze({
    signer,
    requestDigest: body.RequestDigest,
    responseDigest: body.ResponseDigest,
    received: parseTime(body.Received),
    audit: auditPlace(body),
  });
}
