/**
 * Draft -00's own forms at the service: Enquire has its members beside the signed request (-00 §3.8.1), Respond nothing
 * but the signed answer (-00 §3.12.1). What a caller reads is in `draft-00.ts`.
 */
import { SignedMessage } from "./entries.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { AccountId, DateTime, EnquirerId } from "./members.ts";
import { OUTCOME_MEMBERS, type ResponseBody, STATUS_MEMBER } from "./responses.ts";
import { REQUEST_MEMBERS, type RequestBody } from "./requests.ts";
import { list, object, type ReadOf } from "./shape.ts";
import { FlatRequestEntry, type FlatStatusResponse } from "./draft-00.ts";

/** EnquireRequest (-00 §3.8.1). `ResponderAccount` is not in -00; where it is given, it must not contradict. */
export const FlatEnquireRequest = object(
  { Request: SignedMessage, Responder: AccountId },
  { ...REQUEST_MEMBERS, Expire: DateTime, EnquirerID: EnquirerId, ResponderAccount: AccountId },
);

/** RespondRequest (-00 §3.12.1): the request that it answers is the one that is signed inside. */
export const FlatRespondRequest = object({ Response: SignedMessage }, REQUEST_MEMBERS);

/** PendingResponse (-00 §3.11.2). */
export const FlatPendingResponse = object(STATUS_MEMBER, {
  ...OUTCOME_MEMBERS,
  Entries: list(FlatRequestEntry, 0, LIMITS.pendingEntries),
});

/** Whether a member of a message holds a signed or encrypted message itself, as in -00, and not an entry, as in -01. */
export function isFlat(body: JsonValue, member: "Request" | "Response"): boolean {
  const held = isJsonObject(body) ? body[member] : undefined;
  if (held === undefined || !isJsonObject(held) || Object.hasOwn(held, member)) return false;
  return Object.hasOwn(held, "payload") || Object.hasOwn(held, "ciphertext");
}

/** The model of a flat EnquireRequest. @throws ProtocolError `shape`, `account`, `time` */
export function readFlatEnquire(value: JsonValue, path: string): RequestBody<"Enquire"> {
  const {
    Request,
    Responder,
    ResponderAccount = Responder,
    Expire,
    EnquirerID,
    ...rest
  } = FlatEnquireRequest.read(value, path);
  return Object.freeze({
    ...rest,
    Request: Object.freeze({
      Request,
      ResponderAccount,
      Responder,
      ...(Expire === undefined ? {} : { Expire }),
      ...(EnquirerID === undefined ? {} : { EnquirerID }),
    }),
  });
}

/** The model of a flat RespondRequest, without the BrokerID that it does not have. @throws ProtocolError `shape` */
export function readFlatRespond(value: JsonValue, path: string): RequestBody<"Respond"> {
  const { Response, ...rest } = FlatRespondRequest.read(value, path);
  return Object.freeze({ ...rest, Response: Object.freeze({ RequestStatus: "REPLY", Response }) });
}

/** A StatusResponse as -00 has it. -00 knows no EXPIRED: the nearest is that the broker cancelled (-00 §3.8.1). */
export function flatStatus(
  body: ResponseBody<"Status">,
): ReadOf<typeof FlatStatusResponse> | Omit<typeof body, "Response"> {
  const { Response: entry, ...rest } = body;
  if (entry === undefined) return rest;
  const { RequestStatus, Response } = entry;
  return {
    ...rest,
    RequestStatus: RequestStatus === "EXPIRED" ? "BCANCEL" : RequestStatus,
    ...(Response === undefined ? {} : { Response }),
  };
}
