/**
 * What the broker can know of a request that is posted: of a signed one everything, and the envelope must not contradict
 * it; of an encrypted one what its envelope and the key that posts it say, so that key must be known.
 */
import { checkJwe, jweDigest, openRequest, TYP, type VerifiedRequest, type VerifyKey } from "../../crypto/index.ts";
import { nodePrimitives } from "../../node/index.ts";
import { isJwe, type Jwe, type Jws, parseAccount, type RequestBody } from "../../protocol/index.ts";
import { gateText, parseSrml } from "../../srml/index.ts";
import type { Origin } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import { requireCaller } from "./require-device.ts";

type Entry = RequestBody<"Enquire">["Request"];

export interface PostedRequest {
  readonly digest: string;
  /** The key that signed; of an encrypted request the one that posted, which the responder holds against the one inside. */
  readonly signerKid: string;
  /** Undefined where it is encrypted. */
  readonly signer: VerifyKey | undefined;
  /** Undefined where it is encrypted. */
  readonly fromId: string | undefined;
  readonly enquirerId: string | undefined;
  /** It is signed in the request, or in the call that brought the envelope. */
  readonly enquirerIdSigned: boolean;
  /** The signed dates, in milliseconds since 1970. */
  readonly created: number | undefined;
  readonly expire: number | undefined;
}

/**
 * Reads a posted request.
 *
 * @param account - the account that it is for
 * @throws Refusal `too_large`, `not_authenticated`, `forbidden`, `contradiction`, `too_many`; CryptoError, ProtocolError, SrmlError
 */
export async function readPosted(
  entry: Entry,
  account: string,
  origin: Origin,
  service: Service,
): Promise<PostedRequest> {
  const { Request: request } = entry;
  if (JSON.stringify(request).length > service.policy.requestBytes) {
    throw new Refusal("too_large", `A request has at most ${service.policy.requestBytes} bytes.`);
  }
  if (entry.Responder !== undefined && parseAccount(entry.Responder).id !== account) {
    throw new Refusal("contradiction", "The envelope's Responder is not its ResponderAccount.");
  }
  return isJwe(request) ? readEncrypted(request, entry, origin) : readSigned(request, entry, account, origin, service);
}

async function readEncrypted(jwe: Jwe, entry: Entry, origin: Origin): Promise<PostedRequest> {
  const { kid } = requireCaller(origin);
  checkJwe(jwe, TYP.request);
  return {
    digest: await jweDigest(jwe, nodePrimitives),
    signerKid: kid,
    signer: undefined,
    fromId: undefined,
    enquirerId: entry.EnquirerID,
    enquirerIdSigned: entry.EnquirerID !== undefined,
    created: undefined,
    expire: undefined,
  };
}

/** Verifies the request and holds the envelope against it. */
async function readSigned(
  jws: Jws,
  entry: Entry,
  account: string,
  origin: Origin,
  service: Service,
): Promise<PostedRequest> {
  const request = await openRequest(jws, service.held, nodePrimitives);
  const { signer, digest, fromId, enquirerId, created, expire } = request;
  if (origin.caller === undefined) service.limiter.kid(signer.kid);
  else if (origin.caller.kid !== signer.kid) {
    throw new Refusal("forbidden", "An authenticated request must be posted by the key that signed it.");
  }
  if (request.toId !== account) {
    throw new Refusal("contradiction", "The envelope's ResponderAccount is not the signed ToID.");
  }
  if (enquirerId !== undefined && entry.EnquirerID !== undefined && enquirerId !== entry.EnquirerID) {
    throw new Refusal("contradiction", "The envelope's EnquirerID is not the signed one.");
  }
  checkContent(request);
  return {
    digest,
    signerKid: signer.kid,
    signer,
    fromId,
    enquirerId: enquirerId ?? entry.EnquirerID,
    enquirerIdSigned: enquirerId !== undefined,
    created,
    expire,
  };
}

/** What no responder would show. @throws SrmlError; Refusal `contradiction`, `forbidden` */
function checkContent(request: VerifiedRequest): void {
  const { buttons } = parseSrml(request.text);
  gateText(request.fromId, "name");
  if (request.replyKey !== undefined) {
    throw new Refusal("contradiction", "A request with ReplyKey has to be encrypted, like its answer.");
  }
  if (request.match !== undefined && buttons.length > 0) {
    throw new Refusal("contradiction", "A request with Match has no buttons: the typed code is its answer.");
  }
  if (request.endorse !== undefined) {
    throw new Refusal("forbidden", "Only the broker itself asks for the endorsement of a device.");
  }
}
