/** What each message and structure is, in one sentence, with the section that defines it: the words of the JSON Schema. */
import { FlatRequestEntry, FlatStatusResponse } from "./draft-00.ts";
import { FlatEnquireRequest, FlatPendingResponse, FlatRespondRequest } from "./draft-00-service.ts";
import { DeviceEntry, RequestEntry, RequestStatusName, ResponseEntry, Withdrawal } from "./entries.ts";
import { AccountEntry } from "./account-entry.ts";
import { FlattenedJws, Jwe, Jws, Kid, PresenceAssertion, PublicJwk } from "./jose-shapes.ts";
import type { Definitions, Described } from "./json-schema.ts";
import { AccountId, AuditWriter, BrokerId, DateTime, EnquirerId, Sequence, Sha256 } from "./members.ts";
import { Encoding, RESPONSES, Version } from "./responses.ts";
import { EntryRef, REQUESTS } from "./requests.ts";
import { AccountPolicy, CoolDown, PolicySet } from "./policy-entry.ts";
import { Stamp } from "./stamp.ts";
import {
  Choice,
  DeviceProfile,
  DeviceRevocation,
  NextServiceKey,
  PresenceKey,
  TBSRequest,
  TBSResponse,
} from "./tbs.ts";

const REQUEST_WORDS: Readonly<Record<keyof typeof REQUESTS, string>> = {
  HelloRequest: "Asks which protocol the service speaks, and where (-01 §6.6, -00 §3.6.1).",
  EnquireRequest: "Posts a request for confirmation (-01 §6.8.1).",
  StatusRequest:
    "Asks what became of a request, or cancels it (-01 §6.9.1). `Wait` is ours: seconds to wait for an end.",
  PendingRequest: "Asks for the requests that wait for an account (-01 §6.11.1).",
  RespondRequest: "Hands in an answer (-01 §6.12.1).",
  ConnectRequest: "Connects a device to an account (ours).",
  ProfileRequest: "Asks for the devices of an account (ours).",
  PolicyRequest: "Asks for the account's policy, or changes it (ours).",
  DevicesRequest: "Asks a device's own account for its devices, or revokes one (ours).",
  SubscribeRequest: "The first frame of the push channel (ours).",
};

const RESPONSE_WORDS: Readonly<Record<keyof typeof RESPONSES, string>> = {
  ConfirmResponse:
    "What every response says, and the response where the transaction is not known (-01 §6.2.1, -00 §3.2.1).",
  HelloResponse: "The versions and addresses of the service (-01 §6.6, -00 §3.6.2), and its key (ours).",
  EnquireResponse: "The BrokerID of the request that was posted (-01 §6.8.2).",
  StatusResponse: "The state of a request, with the signed answer where there is one (-01 §6.9.2).",
  PendingResponse: "Requests that wait, oldest first (-01 §6.11.2). `More` is ours: further ones come after the last.",
  RespondResponse: "Whether the answer was taken (-01 §6.12.2).",
  ConnectResponse: "The service's key and its proof that it knows the code (ours).",
  ProfileResponse: "The signed profiles of an account's active devices, endorsements, and every revocation (ours).",
  PolicyResponse: "The account's policy: whom its owner wants to be asked by (ours).",
  DevicesResponse: "The devices of an account, for their owner (ours).",
  SubscribeResponse: "Whether the push channel is open (ours).",
};

type Shapes = Readonly<Record<string, Described["shape"]>>;

function described<S extends Shapes>(shapes: S, words: Readonly<Record<keyof S, string>>): Definitions {
  return Object.fromEntries(
    Object.entries(shapes).map(([tag, shape]) => [tag, { shape, description: words[tag] ?? "" }]),
  );
}

/** Tag -> what it holds: everything that is a message, a frame of the push channel included. */
export const MESSAGES: Definitions = {
  ...described(REQUESTS, REQUEST_WORDS),
  ...described(RESPONSES, RESPONSE_WORDS),
  Pending: { shape: RequestEntry, description: "A frame of the push channel: a request came (ours)." },
  Withdrawn: { shape: Withdrawal, description: "A frame of the push channel: a request is no longer pending (ours)." },
};

/** Tag -> the structure that it holds in draft -00, where that differs. */
export const FLAT_FORMS: Readonly<Record<string, string>> = {
  EnquireRequest: "FlatEnquireRequest",
  StatusResponse: "FlatStatusResponse",
  PendingResponse: "FlatPendingResponse",
  RespondRequest: "FlatRespondRequest",
};

/** What messages share, and what is signed inside them, as JSON before it is encoded. */
export const STRUCTURES: Definitions = {
  Version: { shape: Version, description: "A version of the protocol (-00 §3.4.1)." },
  Encoding: { shape: Encoding, description: "An encoding of messages (-00 §3.4.2)." },
  RequestEntry: {
    shape: RequestEntry,
    description: "A request in its envelope (-01 §6.4.3, with EntryBase of §6.4.2).",
  },
  ResponseEntry: { shape: ResponseEntry, description: "An answer or a state (-01 §6.4.4, with EntryBase of §6.4.2)." },
  AccountEntry: {
    shape: AccountEntry,
    description: "An account as it is archived and interchanged, never on the wire (-01 §6.4.1).",
  },
  FlatEnquireRequest: { shape: FlatEnquireRequest, description: "EnquireRequest as draft -00 has it (-00 §3.8.1)." },
  FlatStatusResponse: { shape: FlatStatusResponse, description: "StatusResponse as draft -00 has it (-00 §3.9.2)." },
  FlatPendingResponse: {
    shape: FlatPendingResponse,
    description: "PendingResponse as draft -00 has it (-00 §3.11.2); ours has the names of both drafts in each entry.",
  },
  FlatRequestEntry: { shape: FlatRequestEntry, description: "RequestEntry as draft -00 has it (-00 §3.11.3)." },
  FlatRespondRequest: { shape: FlatRespondRequest, description: "RespondRequest as draft -00 has it (-00 §3.12.1)." },
  TBSRequest: { shape: TBSRequest, description: "What the enquirer signs: the payload of a Request (-01 §6.4.5)." },
  TBSResponse: { shape: TBSResponse, description: "What the responder signs: the payload of a Response (-01 §6.4.6)." },
  DeviceProfile: {
    shape: DeviceProfile,
    description: "What a device signs about itself: the payload of a profile (ours).",
  },
  PresenceKey: {
    shape: PresenceKey,
    description: "The key of a WebAuthn credential that a device asks for its user's presence with (ours).",
  },
  PresenceAssertion: {
    shape: PresenceAssertion,
    description: "That the user was there and gave a fingerprint or PIN: `presence` in an answer's header (ours).",
  },
  DeviceRevocation: {
    shape: DeviceRevocation,
    description: "What revokes a device: the payload of a revocation (ours).",
  },
  DeviceEntry: { shape: DeviceEntry, description: "A device of an account, for its owner (ours)." },
  PolicySet: { shape: PolicySet, description: "A change of the policy: what is left out stays (ours)." },
  AccountPolicy: {
    shape: AccountPolicy,
    description: "Whom the account's owner wants to be asked by: fingerprints, accounts, domains (ours).",
  },
  CoolDown: { shape: CoolDown, description: "A sender that the broker takes nothing from until then (ours)." },
  NextServiceKey: {
    shape: NextServiceKey,
    description: "What a service key signs to hand over to the next one: the payload of a NextServiceKey (ours).",
  },
  Stamp: { shape: Stamp, description: "What the service signs about an answer: the payload of a Stamp (ours)." },
  FlattenedJws: {
    shape: FlattenedJws,
    description:
      "An authenticated call or its answer: a flattened JWS whose payload is a message (-01 §8, RFC 7515 §7.2.2).",
  },
  Jws: { shape: Jws, description: "A signed object: JWS General JSON with one signature (-01 §6.3, RFC 7515 §7.2.1)." },
  Jwe: {
    shape: Jwe,
    description: "A signed object that is encrypted: JWE General JSON (-01 §5.2, RFC 7516 §7.2.1).",
  },
  PublicJwk: { shape: PublicJwk, description: "A public key (RFC 7517); one with a private member is refused." },
  Account: { shape: AccountId, description: "An account identifier such as alice@example.com (-01 §4.2)." },
  BrokerID: { shape: BrokerId, description: "The broker's name for a request (-01 §6.4.2)." },
  EnquirerID: { shape: EnquirerId, description: "The enquirer's name for a request (-01 §6.4.2)." },
  EntryRef: {
    shape: EntryRef,
    description: "A place in the list: a Sequence (-01 §6.11.1) or a BrokerID (-00 §3.11.1).",
  },
  Sequence: { shape: Sequence, description: "The order in which the broker took requests in (ours)." },
  RequestStatus: { shape: RequestStatusName, description: "The state of a request (-01 §6.4.4)." },
  DateTime: { shape: DateTime, description: "A date and time, RFC 3339 in UTC." },
  Kid: { shape: Kid, description: "The fingerprint of a key (draft-hallambaker-udf)." },
  AuditWriter: { shape: AuditWriter, description: "A chain of the broker's audit log (ours): base64url of 16 bytes." },
  Sha256: { shape: Sha256, description: "Base64url of 32 bytes." },
  Choice: { shape: Choice, description: "The button that was chosen (ours)." },
};
