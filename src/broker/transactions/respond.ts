/**
 * Respond (-01 §6.12): a device hands its answer in. What counts is the signature in it: by an active device of the
 * account, over the stored request. `REFUSED` carries no signature, so the call itself must be by such a device. An
 * answer of draft -00 names no BrokerID; the request that is signed inside says which it is. Of an encrypted answer only the
 * device that brings it can be seen.
 */
import {
  checkJwe,
  CryptoError,
  jweDigest,
  openResponse,
  requestDigest,
  TYP,
  type VerifiedResponse,
} from "../../crypto/index.ts";
import { nodePrimitives } from "../../node/index.ts";
import {
  decodeBase64url,
  isJwe,
  type Jwe,
  type Jws,
  parseAccount,
  type RequestBody,
  scanJson,
  TBSRequest,
} from "../../protocol/index.ts";
import { openEndorsement, ReceiptError } from "../../receipt/index.ts";
import type { Handler, Origin } from "../call.ts";
import { shortId } from "../log.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { KnownOfRequest, NewAnswer, SettleOutcome } from "../store/index.ts";
import { requireDevice } from "./require-device.ts";
import { stampMember, stamperFor } from "./stamp.ts";

type Entry = RequestBody<"Respond">["Response"];

/** What an answer did, and to which request. */
interface Answered {
  readonly request: KnownOfRequest;
  readonly outcome: SettleOutcome;
}

export const respond: Handler<"Respond"> = async ({ Response: entry }, origin, service) => {
  const named = await requestNamed(entry, service);
  if (entry.RequestStatus !== "REPLY" && entry.RequestStatus !== "REFUSED") {
    throw new Refusal("contradiction", "A responder says REPLY, or REFUSED for a request that it will not present.");
  }
  if ((entry.RequestStatus === "REPLY") !== (entry.Response !== undefined)) {
    throw new Refusal("contradiction", "REPLY comes with a signed Response, REFUSED without one.");
  }
  const { request, outcome } =
    entry.Response === undefined
      ? await refuse(named, origin, service)
      : isJwe(entry.Response)
        ? await answerEncrypted(named, entry.Response, origin, service)
        : await answer(named, entry.Response, origin, service);
  tellOthers(outcome, request, entry, service);
  const Status = requireSettled(outcome);
  const kept = outcome.kind === "settled" ? outcome : await service.store.request(request.brokerId);
  return { Status, ...(await stampMember({ digest: request.digest, answered: kept?.answered }, service)) };
};

/** The request of the BrokerID, if there is one: -00 answers have none. @throws Refusal `unknown_request`, `contradiction` */
async function requestNamed({ BrokerID, EnquirerID }: Entry, { store }: Service): Promise<KnownOfRequest | undefined> {
  if (BrokerID === undefined) return undefined;
  const request = await store.knownOf(BrokerID);
  if (request === undefined) throw new Refusal("unknown_request", "There is no request with this BrokerID.");
  if (EnquirerID !== undefined && request.enquirerId !== undefined && EnquirerID !== request.enquirerId) {
    throw new Refusal("contradiction", "The EnquirerID is not that of the request with this BrokerID.");
  }
  return request;
}

/** The request that is signed inside an answer, at the account that it is to. @throws Refusal `unknown_request`; ProtocolError */
async function requestInside(
  { signedRequest, requestDigest: digest }: VerifiedResponse,
  service: Service,
): Promise<KnownOfRequest> {
  const payload = scanJson(decodeBase64url(signedRequest.payload), service.policy.requestBytes);
  const account = parseAccount(TBSRequest.read(payload, "SignedRequest").ToID).id;
  const request = await service.store.requestByDigest(account, digest);
  if (request === undefined) throw new Refusal("unknown_request", "The request inside the answer was not posted here.");
  return request;
}

async function refuse(request: KnownOfRequest | undefined, origin: Origin, service: Service): Promise<Answered> {
  if (request === undefined) throw new Refusal("contradiction", "REFUSED must name the BrokerID of the request.");
  const { kid } = await requireDevice(origin, request.account, service);
  const { sequence } = request;
  return { request, outcome: await service.store.refuse({ sequence, deviceKid: kid, now: service.clock() }) };
}

async function answer(
  named: KnownOfRequest | undefined,
  jws: Jws,
  origin: Origin,
  service: Service,
): Promise<Answered> {
  const opened = await open(jws, service);
  if (origin.caller === undefined) service.limiter.kid(opened.signer.kid);
  const request = named ?? (await requestInside(opened, service));
  if (opened.requestDigest !== request.digest) {
    // Who may not answer at all is told that, and not what the request was.
    const device = await service.store.device(request.account, opened.signer.kid);
    if (device?.state !== "active") return { request, outcome: { kind: "stranger" } };
    if (request.encrypted) throw new Refusal("contradiction", "An encrypted request takes no answer in clear.");
    throw new Refusal("other_request", "The answer is signed over another request than the one with this BrokerID.");
  }
  const endorses = service.keys.isOwn(request.signerKid) ? await endorsement(jws) : undefined;
  if (endorses?.kid === opened.signer.kid) {
    throw new Refusal("forbidden", "A device does not decide about itself; another one of the account does.");
  }
  const about = { digest: await requestDigest(jws, nodePrimitives), now: service.clock() };
  const outcome = await service.store.answer({
    sequence: request.sequence,
    deviceKid: opened.signer.kid,
    response: jws,
    stamp: stamperFor(request, about, service.key),
    ...about,
    ...(endorses === undefined ? rejectionOf(request, opened, service) : { endorses }),
  });
  if (outcome.kind === "settled" && endorses !== undefined) {
    const { account, kid, accepted } = endorses;
    service.log.write({ event: accepted ? "endorsed" : "declined", account, kid, by: opened.signer.kid });
    service.notices.devicesChanged(account);
  }
  return { request, outcome };
}

/** An answer that only the enquirer can open: the device that brings it must be one of the account's. */
async function answerEncrypted(
  request: KnownOfRequest | undefined,
  jwe: Jwe,
  origin: Origin,
  service: Service,
): Promise<Answered> {
  if (request === undefined) throw new Refusal("contradiction", "An encrypted answer must name the BrokerID.");
  const { kid } = await requireDevice(origin, request.account, service);
  if (!request.encrypted) throw new Refusal("contradiction", "A request in clear takes no encrypted answer.");
  checkJwe(jwe, TYP.response);
  const about = { digest: await jweDigest(jwe, nodePrimitives), now: service.clock() };
  const outcome = await service.store.answer({
    sequence: request.sequence,
    deviceKid: kid,
    response: jwe,
    stamp: stamperFor(request, about, service.key),
    ...about,
  });
  return { request, outcome };
}

/** A no counts against whoever asked; one that is encrypted is not seen here. */
function rejectionOf(
  { account, signerKid: kid }: KnownOfRequest,
  { value }: VerifiedResponse,
  { policy: { limits } }: Service,
): Pick<NewAnswer, "rejects"> {
  return value || limits === undefined ? {} : { rejects: { account, kid, rule: limits.coolDown } };
}

/** What an answer to the broker's own request decides. @throws Refusal `contradiction` for one that endorses nothing */
async function endorsement(jws: Jws): Promise<NonNullable<NewAnswer["endorses"]>> {
  try {
    const { account, device, value } = await openEndorsement(jws);
    return { account, kid: device.signingKey.kid, profile: device.jws, accepted: value };
  } catch (error) {
    if (error instanceof ReceiptError) throw new Refusal("contradiction", error.message);
    throw error;
  }
}

/** @throws Refusal `forbidden` for a key that nobody here knows; CryptoError, ProtocolError */
async function open(jws: Jws, service: Service): Promise<VerifiedResponse> {
  try {
    return await openResponse(jws, service.held, nodePrimitives);
  } catch (error) {
    if (error instanceof CryptoError && error.code === "key_unknown") throw new Refusal("forbidden", error.message);
    throw error;
  }
}

function tellOthers(
  outcome: SettleOutcome,
  { brokerId, account }: KnownOfRequest,
  entry: Entry,
  service: Service,
): void {
  if (outcome.kind === "over" && outcome.now) service.notices.settled({ brokerId, account, state: outcome.state });
  if (outcome.kind !== "settled") return;
  const state = entry.RequestStatus;
  service.notices.settled({ brokerId, account, state });
  service.log.write({ event: "settled", account, request: shortId(brokerId), state });
}

const OVER = {
  EXPIRED: "The request expired before the answer came.",
  ECANCEL: "The enquirer cancelled the request.",
  BCANCEL: "The broker cancelled the request.",
} as const;

/** @throws Refusal `forbidden`, `answered`, `over` */
function requireSettled(outcome: SettleOutcome): 201 {
  switch (outcome.kind) {
    case "settled":
    case "same":
      return 201;
    case "different":
      throw new Refusal("answered", "The request has another answer already; it stays.");
    case "stranger":
      throw new Refusal("forbidden", "The answer is not signed by an active device of the account.");
    case "over": {
      const { state } = outcome;
      const known = state === "EXPIRED" || state === "ECANCEL" || state === "BCANCEL";
      throw new Refusal("over", known ? OVER[state] : "The request is over.");
    }
  }
}
