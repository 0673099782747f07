/**
 * What is signed: TBSRequest (-01 §6.4.5), TBSResponse (-01 §6.4.6), and what we add to both (design §4).
 * These are payloads of a JWS; who signed is for `src/crypto`.
 */
import { CredentialId, Jws, Kid, PublicJwk } from "./jose-shapes.ts";
import { AccountId, DateTime, EnquirerId, Sha256 } from "./members.ts";
import { boolean, object, oneOf, type ReadOf, tagged, text } from "./shape.ts";

/** What the drafts do not have. */
const OURS_OF_REQUEST = {
  EnquirerID: EnquirerId,
  Created: DateTime,
  Expire: DateTime,
  ReplyKey: PublicJwk,
  Match: Sha256,
  Presence: boolean,
  Endorse: Jws,
};
const request = object({ Text: text(1, 16 * 1024), FromID: AccountId, ToID: AccountId }, OURS_OF_REQUEST);

/** The members of a TBSRequest that the drafts do not have: where one is used, the JWS must say `typ`. */
export const OUR_REQUEST_MEMBERS = Object.keys(OURS_OF_REQUEST);

/** A code that is typed: digits alone, at least six. */
export const MatchCode = text(6, 12, { pattern: /^[0-9]{6,12}$/ });

/** The request that the enquirer signs: SRML text, from whom, to whom. */
export const TBSRequest = tagged("TBSRequest", request);
export type TBSRequest = ReadOf<typeof TBSRequest>;

/** Why a user said no, where they said why. */
export const REASONS = ["unknown"] as const;

/** A choice is a button's value, or its label of up to 40 characters, each of up to two UTF-16 units. */
export const Choice = text(1, 80);

const OURS_OF_RESPONSE = { Choice, Created: DateTime, Reason: oneOf(...REASONS) };
const response = object({ SignedRequest: Jws, Value: boolean }, OURS_OF_RESPONSE);

export const OUR_RESPONSE_MEMBERS = Object.keys(OURS_OF_RESPONSE);

/** The answer that the responder signs: the whole signed request, and yes or no. */
export const TBSResponse = tagged("TBSResponse", response);
export type TBSResponse = ReadOf<typeof TBSResponse>;

/** The key of a WebAuthn credential that a device asks its user's fingerprint or PIN with (design §7, Presence). */
export const PresenceKey = object({
  RpId: text(1, 300),
  Origin: text(1, 300),
  CredentialID: CredentialId,
  JWK: PublicJwk,
});
export type PresenceKey = ReadOf<typeof PresenceKey>;

/** The payload of a device's profile (Appendix A of the design), signed by the device's own key. */
export const DeviceProfile = tagged(
  "DeviceProfile",
  object({ Account: AccountId, SigningKey: PublicJwk, EncryptionKey: PublicJwk, Created: DateTime }, { PresenceKey }),
);
export type DeviceProfile = ReadOf<typeof DeviceProfile>;

/** The payload of a revocation (Appendix A of the design): from `Created` on, what this device signs does not count. */
export const DeviceRevocation = tagged("DeviceRevocation", object({ Account: AccountId, Kid, Created: DateTime }));
export type DeviceRevocation = ReadOf<typeof DeviceRevocation>;

/** How a service key hands over (Appendix A of the design): the key that follows the one that signs this. */
export const NextServiceKey = tagged("NextServiceKey", object({ ServiceKey: PublicJwk, Created: DateTime }));
export type NextServiceKey = ReadOf<typeof NextServiceKey>;
