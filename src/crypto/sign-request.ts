/** TBSRequest (-01 §6.4.5) as the enquirer signs it. */
import { formatTime, type Jws, type PublicJwk, type TBSRequest } from "../protocol/index.ts";
import { signGeneral } from "./jws.ts";
import type { SigningKey } from "./keys.ts";
import { TYP } from "./signed.ts";

export interface NewRequest {
  /** SRML. */
  readonly text: string;
  readonly fromId: string;
  readonly toId: string;
  readonly enquirerId: string;
  /** Milliseconds since 1970, written with whole seconds. */
  readonly created: number;
  readonly expire: number;
  /** The profile of a device to endorse; only the broker itself asks for that. */
  readonly endorse?: Jws;
  /** For a request that will be encrypted. */
  readonly replyKey?: PublicJwk;
  /** The commitment to a code that is to be typed. */
  readonly match?: string;
  /** Ask for a proof of presence with a yes. */
  readonly presence?: boolean;
}

/** Signs a request; it always names EnquirerID, Created and Expire, because the envelope's copies can be changed. */
export function signRequest(key: SigningKey, request: NewRequest): Promise<Jws> {
  const body: TBSRequest = {
    Text: request.text,
    FromID: request.fromId,
    ToID: request.toId,
    EnquirerID: request.enquirerId,
    Created: formatTime(request.created),
    Expire: formatTime(request.expire),
    ...(request.endorse === undefined ? {} : { Endorse: request.endorse }),
    ...(request.replyKey === undefined ? {} : { ReplyKey: request.replyKey }),
    ...(request.match === undefined ? {} : { Match: request.match }),
    ...(request.presence === true ? { Presence: true } : {}),
  };
  return signGeneral(key, TYP.request, JSON.stringify({ TBSRequest: body }));
}
