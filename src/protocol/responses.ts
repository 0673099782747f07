/**
 * Every response, as -01 and Appendix A of the design define it. Each message is an object with one member, which names
 * its class: `{"EnquireResponse": {...}}` (-01 §6). This is the one model inside; what -00 has in another form is in
 * `draft-00.ts`.
 */
import { DEVICE_STATES, DeviceEntry, RequestEntry, ResponseEntry } from "./entries.ts";
import { FlattenedJws, Jws, PublicJwk } from "./jose-shapes.ts";
import { LIMITS } from "./limits.ts";
import { AccountId, BrokerId, Description, Sha256 } from "./members.ts";
import { AccountPolicy } from "./policy-entry.ts";
import type { Transaction } from "./requests.ts";
import { boolean, integer, list, object, oneOf, type ReadOf, text } from "./shape.ts";

/**
 * The members of every response: the code, and a sentence. `RetryAfter` is seconds; `DeviceState` says, with 403, that the
 * caller is a device of the account that is not, or not any more, one of those that may.
 */
export const OUTCOME_MEMBERS = {
  StatusDescription: Description,
  RetryAfter: integer(0, 86_400),
  DeviceState: oneOf("pending", "revoked"),
};
export const STATUS_MEMBER = { Status: integer(100, 599) };

/** How messages may be encoded (-00 §3.4.2). */
export const Encoding = object({}, { ID: list(text(1, 100), 0, 8), Dictionary: list(text(1, 254), 0, 8) });

/** A version of the protocol (-00 §3.4.1). */
export const Version = object(
  {},
  {
    Major: integer(0, 1000),
    Minor: integer(0, 1000),
    Encodings: list(Encoding, 0, 8),
    URI: list(text(1, 500), 0, 8),
  },
);

/** How the service key was handed over: the latest step, and those before it. Ours. */
const HANDOVERS = { NextServiceKey: Jws, ServiceKeyChain: list(Jws, 0, 16) };

export const RESPONSES = {
  ConfirmResponse: object(STATUS_MEMBER, OUTCOME_MEMBERS),
  HelloResponse: object(STATUS_MEMBER, {
    ...OUTCOME_MEMBERS,
    Version,
    Alternates: list(Version, 0, 8),
    ServiceKey: PublicJwk,
    ...HANDOVERS,
  }),
  EnquireResponse: object(STATUS_MEMBER, { ...OUTCOME_MEMBERS, BrokerID: BrokerId }),
  /** `Stamp` is ours: where there is a signed answer, when the broker took it in. */
  StatusResponse: object(STATUS_MEMBER, { ...OUTCOME_MEMBERS, Response: ResponseEntry, Stamp: FlattenedJws }),
  /** `More` is ours: further entries come after the last one here. */
  PendingResponse: object(STATUS_MEMBER, {
    ...OUTCOME_MEMBERS,
    Entries: list(RequestEntry, 0, LIMITS.pendingEntries),
    More: boolean,
  }),
  RespondResponse: object(STATUS_MEMBER, { ...OUTCOME_MEMBERS, Stamp: FlattenedJws }),
  ConnectResponse: object(STATUS_MEMBER, {
    ...OUTCOME_MEMBERS,
    ServiceKey: PublicJwk,
    Proof: Sha256,
    State: oneOf(...DEVICE_STATES),
    URI: list(text(1, 500), 0, 8),
    ...HANDOVERS,
  }),
  ProfileResponse: object(STATUS_MEMBER, {
    ...OUTCOME_MEMBERS,
    Account: AccountId,
    Devices: list(Jws, 0, LIMITS.devices),
    Endorsements: list(Jws, 0, LIMITS.devices),
    Revocations: list(Jws, 0, LIMITS.devices),
  }),
  PolicyResponse: object(STATUS_MEMBER, { ...OUTCOME_MEMBERS, Policy: AccountPolicy }),
  DevicesResponse: object(STATUS_MEMBER, { ...OUTCOME_MEMBERS, Devices: list(DeviceEntry, 0, LIMITS.devices) }),
  SubscribeResponse: object(STATUS_MEMBER, OUTCOME_MEMBERS),
} as const;
type Responses = typeof RESPONSES;
export type ResponseBody<T extends Transaction> = ReadOf<Responses[`${T}Response`]>;

/** What every response says. */
export type Outcome = ReadOf<Responses["ConfirmResponse"]>;
