/** Entries as they go over the wire. */
import { formatTime, type RequestEntry, type ResponseEntry } from "../../protocol/index.ts";
import type { PendingRequest, StoredRequest } from "../store/index.ts";

/** A pending request for its responder. It names the account in the manner of both drafts. */
export function requestEntry(pending: PendingRequest): RequestEntry {
  const { brokerId, account, postedBy, enquirerId, expire, sequence, request } = pending;
  return {
    BrokerID: brokerId,
    ...(enquirerId === undefined ? {} : { EnquirerID: enquirerId }),
    ResponderAccount: account,
    Responder: account,
    Expire: formatTime(expire),
    Sequence: sequence,
    ...(postedBy === undefined ? {} : { PostedBy: postedBy }),
    Request: request,
  };
}

/** The state of a request for its enquirer, with the signed answer where there is one. */
export function responseEntry({ brokerId, enquirerId, state, response }: StoredRequest): ResponseEntry {
  return {
    BrokerID: brokerId,
    ...(enquirerId === undefined ? {} : { EnquirerID: enquirerId }),
    RequestStatus: state,
    ...(response === undefined ? {} : { Response: response }),
  };
}
