/** TBSResponse (-01 §6.4.6): the answer that the responder signs over the whole signed request. */
import {
  formatTime,
  type Jws,
  OUR_RESPONSE_MEMBERS,
  parseTime,
  type PresenceAssertion,
  type REASONS,
  TBSResponse,
} from "../protocol/index.ts";
import type { HeldKey } from "./header.ts";
import { signGeneral } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import type { VerifyKey } from "./public-key.ts";
import { requestDigest } from "./request.ts";
import { type Primitives, webPrimitives } from "./primitives.ts";
import { openSigned, requireTypFor, TYP } from "./signed.ts";

/** An answer whose signature holds. Whether its signer may answer for the account is for broker and receipt. */
export interface VerifiedResponse {
  readonly jws: Jws;
  readonly signer: VerifyKey;
  readonly signedRequest: Jws;
  /** The digest of `signedRequest`. */
  readonly requestDigest: string;
  /** True is yes. */
  readonly value: boolean;
  readonly choice: string | undefined;
  /** Milliseconds since 1970; the device's own word. */
  readonly created: number | undefined;
  readonly reason: (typeof REASONS)[number] | undefined;
}

export interface NewResponse {
  readonly signedRequest: Jws;
  readonly value: boolean;
  readonly choice?: string | undefined;
  readonly reason?: (typeof REASONS)[number] | undefined;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** What is signed of an answer, the same each time: its hash is the challenge of a proof of presence. */
export function responsePayload(response: NewResponse): string {
  const body: TBSResponse = {
    SignedRequest: response.signedRequest,
    Value: response.value,
    ...(response.choice === undefined ? {} : { Choice: response.choice }),
    ...(response.reason === undefined ? {} : { Reason: response.reason }),
    Created: formatTime(response.created),
  };
  return JSON.stringify({ TBSResponse: body });
}

/** Signs an answer. @param presence - the proof of presence over exactly its payload */
export function signResponse(key: SigningKey, response: NewResponse, presence?: PresenceAssertion): Promise<Jws> {
  return signGeneral(key, TYP.response, responsePayload(response), presence);
}

/**
 * Verifies an answer's own signature; the request inside is not opened.
 *
 * @throws CryptoError, ProtocolError as `openSigned`
 */
export async function openResponse(
  jws: Jws,
  held?: HeldKey,
  primitives: Primitives = webPrimitives,
): Promise<VerifiedResponse> {
  const opened = await openSigned(jws, TYP.response, TBSResponse, held, primitives);
  requireTypFor(opened, OUR_RESPONSE_MEMBERS);
  const { body, signer } = opened;
  return Object.freeze({
    jws,
    signer,
    signedRequest: body.SignedRequest,
    requestDigest: await requestDigest(body.SignedRequest, primitives),
    value: body.Value,
    choice: body.Choice,
    created: body.Created === undefined ? undefined : parseTime(body.Created),
    reason: body.Reason,
  });
}
