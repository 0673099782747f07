/** The messages of the Mesh Confirmation Protocol: pure, no I/O. Public as `mesh-confirm/protocol`. */
export { type Account, brokerAccount, isBrokerAccount, isDomain, parseAccount } from "./account.ts";
export { decodeBase64url, encodeBase64url, encodeTextBase64url } from "./base64url.ts";
export { readResponse, writeRequest } from "./codec.ts";
export { readRequest, transactionOf, writeOutcome, writeResponse, writeStatus } from "./service-codec.ts";
export { DEFAULT_PORT, ENDPOINT_PATH, endpointOf, isLoopbackHost, parseEndpoint, pushEndpoint } from "./endpoint.ts";
export { type Draft, DRAFTS } from "./draft.ts";
export { FlatRequestEntry, FlatStatusResponse } from "./draft-00.ts";
export { FlatEnquireRequest, FlatPendingResponse, FlatRespondRequest } from "./draft-00-service.ts";
export {
  DEVICE_STATES,
  DeviceEntry,
  PendingFrame,
  RequestEntry,
  type RequestStatus,
  REQUEST_STATUSES,
  ResponseEntry,
  Withdrawn,
} from "./entries.ts";
export { AccountEntry } from "./account-entry.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export {
  CredentialId,
  FlattenedJws,
  isJwe,
  Jwe,
  Jws,
  JwsOrJwe,
  Kid,
  PresenceAssertion,
  PublicJwk,
} from "./jose-shapes.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
export { LIMITS } from "./limits.ts";
export { AccountId, BrokerId, DateTime, Sequence, Sha256 } from "./members.ts";
export type { Outcome, ResponseBody } from "./responses.ts";
export type { RequestBody, RequestMessage, Transaction } from "./requests.ts";
export { RESPONSES } from "./responses.ts";
export { REQUESTS } from "./requests.ts";
export { AccountPolicy, CoolDown, policyEntry, PolicySet } from "./policy-entry.ts";
export { scanJson } from "./scan.ts";
export { boolean, either, integer, list, object, oneOf, type ReadOf, type Shape, tagged, text } from "./shape.ts";
export { AuditCheckpoint } from "./checkpoint.ts";
export { Stamp } from "./stamp.ts";
export { type Status, STATUS } from "./status.ts";
export {
  Choice,
  DeviceProfile,
  PresenceKey,
  MatchCode,
  NextServiceKey,
  DeviceRevocation,
  OUR_REQUEST_MEMBERS,
  OUR_RESPONSE_MEMBERS,
  REASONS,
  TBSRequest,
  TBSResponse,
} from "./tbs.ts";
export { formatTime, parseTime } from "./time.ts";
