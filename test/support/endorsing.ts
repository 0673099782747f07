/** Endorsements as a broker asks for them and a device signs them, with whatever a test wants to be wrong about them. */
import {
  type NewRequest,
  type NewResponse,
  type SigningKey,
  signRequest,
  signResponse,
} from "../../src/crypto/index.ts";
import type { Jws } from "../../src/protocol/index.ts";
import { brokerAccount } from "../../src/protocol/index.ts";
import { MINUTE, SOME_TIME } from "./fake-clock.ts";
import { ALICE, profileOf } from "./signing.ts";

export interface EndorsementParts {
  readonly service: SigningKey;
  /** Who says yes. */
  readonly by: SigningKey;
  /** The new device. */
  readonly device: SigningKey;
  readonly account?: string;
  /** When it was asked and answered. */
  readonly at?: number;
  readonly request?: Partial<NewRequest>;
  readonly answer?: Partial<NewResponse>;
}

let asked = 0;

/** The broker's request to endorse a device. */
export async function endorseRequest(parts: Omit<EndorsementParts, "by" | "answer">): Promise<Jws> {
  const { service, device, account = ALICE, at = SOME_TIME } = parts;
  asked += 1;
  return signRequest(service, {
    text: "<srml><h1>Let a new device answer for you?</h1></srml>",
    fromId: brokerAccount(account),
    toId: account,
    enquirerId: `endorse-${asked}`,
    created: at,
    expire: at + 10 * MINUTE,
    endorse: await profileOf(device, account),
    ...parts.request,
  });
}

/** The signed answer to it: a yes, where nothing else is said. */
export async function endorsementBy(parts: EndorsementParts): Promise<Jws> {
  const signedRequest = await endorseRequest(parts);
  return signResponse(parts.by, { signedRequest, value: true, created: parts.at ?? SOME_TIME, ...parts.answer });
}
