/**
 * Draft -00's own forms of responses, and the way from each to the model, which is that of -01. Draft -00 is flat: Status
 * has its answer beside the state (-00 §3.9.2). Where the two drafts look alike, `responses.ts` alone describes both.
 */
import { RequestEntry, RequestStatusName, SignedMessage } from "./entries.ts";
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { FlattenedJws } from "./jose-shapes.ts";
import { LIMITS } from "./limits.ts";
import { AccountId, BrokerId, DateTime, EnquirerId } from "./members.ts";
import { OUTCOME_MEMBERS, type ResponseBody, RESPONSES, STATUS_MEMBER } from "./responses.ts";
import { object } from "./shape.ts";

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

/** The model of a flat StatusResponse. @throws ProtocolError `shape` */
export function readFlatStatus(value: JsonValue, path: string): ResponseBody<"Status"> {
  const { RequestStatus, Response, ...rest } = FlatStatusResponse.read(value, path);
  const answer = Response === undefined ? {} : { Response };
  return Object.freeze({ ...rest, Response: Object.freeze({ RequestStatus, ...answer }) });
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
