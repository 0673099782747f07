/**
 * Every request, as -01 and Appendix A of the design define it: an object with one member, which names its class,
 * `{"EnquireRequest": {...}}` (-01 §6). What -00 has in another form is in `draft-00-service.ts`.
 */
import type { Draft } from "./draft.ts";
import { MaxResponse, RequestEntry, ResponseEntry } from "./entries.ts";
import { Jws } from "./jose-shapes.ts";
import { LIMITS } from "./limits.ts";
import { AccountId, BrokerId, DeviceName, Sequence, Sha256 } from "./members.ts";
import { PolicySet } from "./policy-entry.ts";
import { boolean, either, integer, object, type ReadOf, text } from "./shape.ts";

/** The members of every request: the service that it is directed to, by its name in -01 and in -00. Read, not used. */
export const REQUEST_MEMBERS = { Service: text(0, 254), Portal: text(0, 254) };

/** A place in the order of requests. */
export const EntryRef = either(Sequence, BrokerId);

export const REQUESTS = {
  HelloRequest: object({}, REQUEST_MEMBERS),
  EnquireRequest: object({ Request: RequestEntry }, REQUEST_MEMBERS),
  StatusRequest: object(
    { BrokerID: BrokerId },
    { ...REQUEST_MEMBERS, Cancel: boolean, Wait: integer(0, LIMITS.waitSeconds) },
  ),
  PendingRequest: object(
    { Responder: AccountId },
    { ...REQUEST_MEMBERS, BrokerID: BrokerId, MaxResponse, BeforeId: EntryRef, AfterId: EntryRef },
  ),
  RespondRequest: object({ Response: ResponseEntry }, REQUEST_MEMBERS),
  ConnectRequest: object({ Account: AccountId, DeviceName, DeviceProfile: Jws }, { ...REQUEST_MEMBERS, Proof: Sha256 }),
  ProfileRequest: object({ Account: AccountId }, REQUEST_MEMBERS),
  PolicyRequest: object({ Responder: AccountId }, { ...REQUEST_MEMBERS, Set: PolicySet }),
  DevicesRequest: object({ Responder: AccountId }, { ...REQUEST_MEMBERS, Revoke: Jws }),
  SubscribeRequest: object({ Responder: AccountId }, { ...REQUEST_MEMBERS, AfterId: EntryRef }),
} as const;

type Requests = typeof REQUESTS;

/** The name of a transaction, without `Request` or `Response`. */
export type Transaction = { [T in keyof Requests]: T extends `${infer N}Request` ? N : never }[keyof Requests];

export type RequestBody<T extends Transaction> = ReadOf<Requests[`${T}Request`]>;

/** One request of whatever transaction. `draft` is what its form told; -01 where both drafts have the same form. */
export type RequestMessage = {
  [T in Transaction]: { readonly transaction: T; readonly draft: Draft; readonly body: RequestBody<T> };
}[Transaction];
