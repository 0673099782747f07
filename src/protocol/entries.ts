/** The entries that messages carry (-01 §6.4.2 to §6.4.4). */
import { LIMITS } from "./limits.ts";
import { JwsOrJwe, Kid } from "./jose-shapes.ts";
import { AccountId, BrokerId, DateTime, DeviceName, EnquirerId, Sequence } from "./members.ts";
import { integer, object, oneOf, type ReadOf, tagged } from "./shape.ts";

/** The states of a request at the broker (-01 §6.4.4). Only `REPLY` carries a signed answer. */
export const REQUEST_STATUSES = ["PENDING", "REPLY", "REFUSED", "ECANCEL", "BCANCEL", "EXPIRED"] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** One of them, in any case. */
export const RequestStatusName = oneOf(...REQUEST_STATUSES);

/** What `Request` and `Response` hold, in both drafts: signed, or signed and then encrypted. */
export const SignedMessage = JwsOrJwe;

/** A request in its envelope. The envelope is the broker's word; what counts is signed inside `Request`. */
export const RequestEntry = object(
  { Request: SignedMessage, ResponderAccount: AccountId },
  { EnquirerID: EnquirerId, BrokerID: BrokerId, Expire: DateTime, Sequence, PostedBy: Kid, Responder: AccountId },
);
export type RequestEntry = ReadOf<typeof RequestEntry>;

/** An answer, or the state of a request that has none. Ours has its BrokerID always; what stands for a -00 one has none. */
export const ResponseEntry = object(
  { RequestStatus: RequestStatusName },
  { BrokerID: BrokerId, EnquirerID: EnquirerId, Response: SignedMessage },
);
export type ResponseEntry = ReadOf<typeof ResponseEntry>;

/** What ConnectResponse may say of a device (Appendix A of the design). */
export const DEVICE_STATES = ["active", "pending"] as const;

export const Withdrawal = object({ BrokerID: BrokerId, RequestStatus: RequestStatusName });

/** One of an account's devices, as DevicesResponse lists it. `LastSeen` is coarse. */
export const DeviceEntry = object(
  { Kid, DeviceName, Created: DateTime, State: oneOf(...DEVICE_STATES, "revoked") },
  { LastSeen: DateTime },
);
export type DeviceEntry = ReadOf<typeof DeviceEntry>;

/** A frame that withdraws a request: a hint, acted on only after an authenticated Pending by BrokerID confirms it. */
export const Withdrawn = tagged("Withdrawn", Withdrawal);

/** A frame that brings a request: a hint, verified as any other. */
export const PendingFrame = tagged("Pending", RequestEntry);

/** How many entries a caller may ask for. */
export const MaxResponse = integer(1, LIMITS.pendingEntries);
