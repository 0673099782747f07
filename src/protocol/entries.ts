/** The entries that messages carry (-01 §6.4.2 to §6.4.4). */
import { LIMITS } from "./limits.ts";
import { Jws, Kid } from "./jose-shapes.ts";
import { AccountId, BrokerId, DateTime, EnquirerId, Sequence } from "./members.ts";
import { object, oneOf, type ReadOf, tagged, integer } from "./shape.ts";
import { REQUEST_STATUSES } from "./status.ts";

/** A state of a request, in any case. */
export const RequestStatusName = oneOf(...REQUEST_STATUSES);

/** A request in its envelope. The envelope is the broker's word; what counts is signed inside `Request`. */
export const RequestEntry = object(
  { Request: Jws, ResponderAccount: AccountId },
  { EnquirerID: EnquirerId, BrokerID: BrokerId, Expire: DateTime, Sequence, PostedBy: Kid, Responder: AccountId },
);
export type RequestEntry = ReadOf<typeof RequestEntry>;

/** An answer, or the state of a request that has none. */
export const ResponseEntry = object(
  { BrokerID: BrokerId, RequestStatus: RequestStatusName },
  { EnquirerID: EnquirerId, Response: Jws },
);
export type ResponseEntry = ReadOf<typeof ResponseEntry>;

/** What stands for an account in Appendix A's ConnectRequest: which states a device may be in. */
export const DEVICE_STATES = ["active", "pending"] as const;

export const Withdrawal = object({ BrokerID: BrokerId, RequestStatus: RequestStatusName });

/** A frame that withdraws a request: a hint, acted on only after an authenticated Pending by BrokerID confirms it. */
export const Withdrawn = tagged("Withdrawn", Withdrawal);

/** A frame that brings a request: a hint, verified as any other. */
export const PendingFrame = tagged("Pending", RequestEntry);

/** How many entries a caller may ask for. */
export const MaxResponse = integer(1, LIMITS.pendingEntries);
