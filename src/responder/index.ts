/** The responder: an inbox of requests, who is asking, and the answer. The same in the extension and on the command line. */
export {
  type AccountKey,
  DELIVERIES,
  type Delivery,
  type InboxEntry,
  INBOX_STATES,
  type InboxState,
  REFUSAL_REASONS,
  type RefusalReason,
  readStoredEntry,
  type StoredAnswer,
  type Trust,
  writeStoredEntry,
} from "./inbox-entry.ts";
export type {
  BrokerPort,
  Clock,
  Delivered,
  InboxStorage,
  PresenceSetting,
  ResponderKeys,
  ResponderPorts,
  SenderCheck,
  SenderDomains,
  SenderPins,
} from "./ports.ts";
export { deliverDue } from "./deliver.ts";
export { expireDue, withdrawIfConfirmed } from "./lapse.ts";
export {
  claimedName,
  pendingEndorsements,
  pendingEntries,
  refuseBlocked,
  senderOf,
  viewEndorsement,
  viewRequest,
  waitingEntries,
} from "./look.ts";
export { refusedResults, resultOf, undeliveredResults, viewResult } from "./results.ts";
export {
  type Keep,
  KEEPS,
  MOST_ENDED,
  outlived,
  pastRequests,
  type PastView,
  type Proof,
  receiptOf,
  viewPast,
} from "./history.ts";
export { startOf } from "./endorsement.ts";
export { poll } from "./poll.ts";
export { MOST_EVER, MOST_KEPT, MOST_OPEN, roomFor } from "./room.ts";
export { present, refuseUnshowable } from "./present.ts";
export { receive, resumeReceived } from "./receive.ts";
export { decide, decideEndorsement } from "./respond.ts";
export type { DomainView } from "../srml/index.ts";
export type {
  Decision,
  DecisionOutcome,
  DecisionRefusal,
  EndorsementDecision,
  EndorsementOutcome,
  EndorsementView,
  PresencePrompt,
  PresenceProof,
  PresenceState,
  RequestRef,
  RequestView,
  ResultView,
  SenderView,
} from "./view.ts";
