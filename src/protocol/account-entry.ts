/** An account as it is kept and moved: the file of `confirm account export`. */
import { AccountId, BrokerId } from "./members.ts";
import { list, object, type ReadOf } from "./shape.ts";

/** How many BrokerIDs of one kind an archive names; who reads one bounds its text. */
const MOST_ARCHIVED = 1_000_000;

/**
 * An account as it is archived and interchanged (-01 §6.4.1); never on the wire. BrokerIDs of what is pending, of what was
 * answered, and of what ended without an answer.
 */
export const AccountEntry = object(
  { ResponderAccount: AccountId },
  {
    RequestIDs: list(BrokerId, 0, MOST_ARCHIVED),
    ResponseIDs: list(BrokerId, 0, MOST_ARCHIVED),
    ArchivedIDs: list(BrokerId, 0, MOST_ARCHIVED),
  },
);
export type AccountEntry = ReadOf<typeof AccountEntry>;
