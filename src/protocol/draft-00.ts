/**
 * Draft -00's own forms, and the way from each to the model, which is that of -01, and back. Draft -00 is flat: Enquire
 * has its members beside the signed request (-00 §3.8.1), Status its answer beside the state (-00 §3.9.2), Respond
 * nothing but the signed answer (-00 §3.12.1). Where the two drafts look alike, `messages.ts` alone describes both.
 */
import { RequestEntry, RequestStatusName, SignedMessage } from "./entries.ts";
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { FlattenedJws } from "./jose-shapes.ts";
import { LIMITS } from "./limits.ts";
import { AccountId, BrokerId, DateTime, EnquirerId } from "./members.ts";
import {
  OUTCOME_MEMBERS,
  type RequestBody,
  REQUEST_MEMBERS,
  type ResponseBody,
  RESPONSES,
  STATUS_MEMBER,
} from "./messages.ts";
import { list, object, type ReadOf } from "./shape.ts";

/** EnquireRequest (-00 §3.8.1). `ResponderAccount` is not in -00; where it is given, it must not contradict. */
export const FlatEnquireRequest = object(
  { Request: SignedMessage, Responder: AccountId },
  { ...REQUEST_MEMBERS, Expire: DateTime, EnquirerID: EnquirerId, ResponderAccount: AccountId },
);

/** RespondRequest (-00 §3.12.1): the request that it answers is the one that is signed inside. */
export const FlatRespondRequest = object({ Response: SignedMessage }, REQUEST_MEMBERS);

/** StatusResponse (-00 §3.9.2). -00 has no EXPIRED; it is read from a peer that says so all the same. `Stamp` is ours. */
export const FlatStatusResponse = object(
  { ...STATUS_MEMBER, RequestStatus: RequestStatusName },
  { ...OUTCOME_MEMBERS, Response: SignedMessage, Stamp: FlattenedJws },
);

/** RequestEntry (-00 §3.11.3). */
export const FlatRequestEntry = object(
  { Request: SignedMessage, Responder: AccountId },
  { Expire: DateTime, EnquirerID: EnquirerId, BrokerID: BrokerId },
);

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

/** The model of a flat StatusResponse. @throws ProtocolError `shape` */
export function readFlatStatus(value: JsonValue, path: string): ResponseBody<"Status"> {
  const { RequestStatus, Response, ...rest } = FlatStatusResponse.read(value, path);
  const answer = Response === undefined ? {} : { Response };
  return Object.freeze({ ...rest, Response: Object.freeze({ RequestStatus, ...answer }) });
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

/**
 * The model of a PendingResponse of either draft. Entries are read one by one, each in the form of its own draft: one that
 * cannot be read is left out, and hides no other.
 *
 * @throws ProtocolError `shape`, for the rest of the message
 */
export function readPending(value: JsonValue, path: string): ResponseBody<"Pending"> {
  const entries = isJsonObject(value) ? value["Entries"] : undefined;
  if (!isJsonObject(value) || !isList(entries)) return RESPONSES.PendingResponse.read(value, path);
  const rest = RESPONSES.PendingResponse.read({ ...value, Entries: [] }, path);
  const read = entries.flatMap((entry) => readPendingEntry(entry, `${path}.Entries`) ?? []);
  return Object.freeze({ ...rest, Entries: Object.freeze(read) });
}

function isList(entries: JsonValue | undefined): entries is readonly JsonValue[] {
  return Array.isArray(entries) && entries.length <= LIMITS.pendingEntries;
}

function readPendingEntry(entry: JsonValue, path: string): RequestEntry | undefined {
  try {
    if (isJsonObject(entry) && Object.hasOwn(entry, "ResponderAccount")) return RequestEntry.read(entry, path);
    const flat = FlatRequestEntry.read(entry, path);
    return Object.freeze({ ...flat, ResponderAccount: flat.Responder });
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
