/**
 * Every transaction, request and response, as -01 and Appendix A of the design define them. Each message is an
 * object with one member, which names its class: `{"EnquireRequest": {...}}` (-01 §6).
 */
import { DEVICE_STATES, MaxResponse, RequestEntry, ResponseEntry } from "./entries.ts";
import { Jws, PublicJwk } from "./jose-shapes.ts";
import { AccountId, BrokerId, Description, DeviceName, Sequence, Sha256 } from "./members.ts";
import { boolean, either, integer, list, object, oneOf, type ReadOf, text } from "./shape.ts";
import { LIMITS } from "./limits.ts";

const Service = { Service: text(0, 254) };
/** A place in the order of requests. */
export const EntryRef = either(Sequence, BrokerId);

/** The members of every response: the code, and a sentence. `RetryAfter` is seconds. */
const Outcome = { StatusDescription: Description, RetryAfter: integer(0, 86_400) };
const Status = { Status: integer(100, 599) };

/** How messages may be encoded (-00 §3.4.2). */
export const Encoding = object({ ID: list(text(1, 100), 0, 8) }, { Dictionary: list(text(1, 254), 0, 8) });

/** A version of the protocol (-00 §3.4.1). */
export const Version = object(
  { Major: integer(0, 1000), Minor: integer(0, 1000) },
  { Encodings: list(Encoding, 0, 8), URI: list(text(1, 500), 0, 8) },
);

export const REQUESTS = {
  HelloRequest: object({}, Service),
  EnquireRequest: object({ Request: RequestEntry }, Service),
  StatusRequest: object({ BrokerID: BrokerId }, { ...Service, Cancel: boolean, Wait: integer(0, LIMITS.waitSeconds) }),
  PendingRequest: object(
    { Responder: AccountId },
    { ...Service, BrokerID: BrokerId, MaxResponse, BeforeId: EntryRef, AfterId: EntryRef },
  ),
  RespondRequest: object({ Response: ResponseEntry }, Service),
  ConnectRequest: object({ Account: AccountId, DeviceName, DeviceProfile: Jws }, { ...Service, Proof: Sha256 }),
  ProfileRequest: object({ Account: AccountId }, Service),
  SubscribeRequest: object({ Responder: AccountId }, { ...Service, AfterId: EntryRef }),
} as const;

export const RESPONSES = {
  ConfirmResponse: object(Status, Outcome),
  HelloResponse: object(Status, {
    ...Outcome,
    Version,
    Alternates: list(Version, 0, 8),
    ServiceKey: PublicJwk,
  }),
  EnquireResponse: object(Status, { ...Outcome, BrokerID: BrokerId }),
  StatusResponse: object(Status, { ...Outcome, Response: ResponseEntry }),
  /** `More` is ours: further entries come after the last one here. */
  PendingResponse: object(Status, {
    ...Outcome,
    Entries: list(RequestEntry, 0, LIMITS.pendingEntries),
    More: boolean,
  }),
  RespondResponse: object(Status, Outcome),
  ConnectResponse: object(Status, {
    ...Outcome,
    ServiceKey: PublicJwk,
    Proof: Sha256,
    State: oneOf(...DEVICE_STATES),
    URI: list(text(1, 500), 0, 8),
  }),
  ProfileResponse: object(Status, {
    ...Outcome,
    Account: AccountId,
    Devices: list(Jws, 0, 64),
    Endorsements: list(Jws, 0, 64),
    Revocations: list(Jws, 0, 64),
  }),
  SubscribeResponse: object(Status, Outcome),
} as const;

type Requests = typeof REQUESTS;
type Responses = typeof RESPONSES;

/** The name of a transaction, without `Request` or `Response`. */
export type Transaction = { [T in keyof Requests]: T extends `${infer N}Request` ? N : never }[keyof Requests];

export type RequestBody<T extends Transaction> = ReadOf<Requests[`${T}Request`]>;
export type ResponseBody<T extends Transaction> = ReadOf<Responses[`${T}Response`]>;

/** One request of whatever transaction. */
export type RequestMessage = {
  [T in Transaction]: { readonly transaction: T; readonly body: RequestBody<T> };
}[Transaction];

/** What every response says. */
export type Outcome = ReadOf<Responses["ConfirmResponse"]>;
