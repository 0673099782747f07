/** TBSRequest (-01 §6.4.5): what the enquirer signs, and what is left when the signature holds. */
import { type Jws, OUR_REQUEST_MEMBERS, parseAccount, parseTime, TBSRequest } from "../protocol/index.ts";
import { type EncryptionKey, importEncryptionKey } from "./encryption-key.ts";
import { CryptoError } from "./errors.ts";
import type { HeldKey } from "./header.ts";
import { onlySignature } from "./jws.ts";
import type { VerifyKey } from "./public-key.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import { openSigned, requireTypFor, TYP } from "./signed.ts";

/** A request whose signature holds. Whether it is to be shown is for the responder. Instants are milliseconds since 1970. */
export interface VerifiedRequest {
  readonly jws: Jws;
  /** base64url(SHA-256(protected "." payload)): the request's name for both ends. */
  readonly digest: string;
  readonly signer: VerifyKey;
  /** SRML, as it was signed. */
  readonly text: string;
  /** Account ids, domains in lower case. */
  readonly fromId: string;
  readonly toId: string;
  readonly enquirerId: string | undefined;
  readonly created: number | undefined;
  readonly expire: number | undefined;
  /** The profile of a device that this request asks to endorse; not opened. */
  readonly endorse: Jws | undefined;
  /** What the answer is to be encrypted to: then the request itself has to be encrypted. */
  readonly replyKey: EncryptionKey | undefined;
  /** What the code to be typed must hash to, where one is asked for. */
  readonly match: string | undefined;
  /** A yes needs the user's fingerprint, PIN or the like, proved by an authenticator. */
  readonly presence: boolean;
}

/**
 * The digest of a request: SHA-256(protected "." payload), never over the signature, in base64url.
 *
 * @throws CryptoError `header` where there is no signature
 */
export async function requestDigest(jws: Jws, { sha256 }: Pick<Primitives, "sha256"> = webPrimitives): Promise<string> {
  const { flat } = onlySignature(jws);
  return sha256(`${flat.protected}.${flat.payload}`);
}

/**
 * Verifies a request.
 *
 * @throws CryptoError, ProtocolError as `openSigned`; CryptoError `header` for our members without `typ`,
 *   `payload` for an Expire that is not after Created, `key` for a ReplyKey that is none
 */
export async function openRequest(
  jws: Jws,
  held?: HeldKey,
  primitives: Primitives = webPrimitives,
): Promise<VerifiedRequest> {
  const opened = await openSigned(jws, TYP.request, TBSRequest, held, primitives);
  requireTypFor(opened, OUR_REQUEST_MEMBERS);
  const { body, signer } = opened;
  const created = body.Created === undefined ? undefined : parseTime(body.Created);
  const expire = body.Expire === undefined ? undefined : parseTime(body.Expire);
  if (created !== undefined && expire !== undefined && expire <= created) {
    throw new CryptoError("payload", "The request expires before it was made.");
  }
  return Object.freeze({
    jws,
    digest: await requestDigest(jws, primitives),
    signer,
    text: body.Text,
    fromId: parseAccount(body.FromID).id,
    toId: parseAccount(body.ToID).id,
    enquirerId: body.EnquirerID,
    created,
    expire,
    endorse: body.Endorse,
    replyKey: body.ReplyKey === undefined ? undefined : await importEncryptionKey(body.ReplyKey),
    match: body.Match,
    presence: body.Presence === true,
  });
}
