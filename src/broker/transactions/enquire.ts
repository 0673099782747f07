/**
 * Enquire (-01 §6.8): an enquirer posts a signed request. Nothing is stored that a responder would not show: the
 * signature holds, the envelope says what is signed, the dates are good, the text passes the gate, the sender may ask.
 */
import type { VerifyKey } from "../../crypto/index.ts";
import { type Draft, parseAccount, parseTime, type RequestBody, type ResponseBody } from "../../protocol/index.ts";
import type { Origin } from "../call.ts";
import { shortId } from "../log.ts";
import { requireAdmitted, type Standing } from "../policy/index.ts";
import { Refusal } from "../refusal.ts";
import type { Service } from "../service.ts";
import type { AddOutcome, SenderStanding } from "../store/index.ts";
import { domainPublishes } from "./domain-publishes.ts";
import { ownerRefusal } from "./owner-refusal.ts";
import { type PostedRequest, readPosted } from "./posted-request.ts";
import { expiryOf } from "./request-dates.ts";

/**
 * @param draft - in which draft it is posted, and its status told later
 * @throws Refusal, ProtocolError, CryptoError, SrmlError, StoreError
 */
export async function enquire(
  { Request: entry }: RequestBody<"Enquire">,
  origin: Origin,
  service: Service,
  draft: Draft,
): Promise<ResponseBody<"Enquire">> {
  const { store, limiter, notices, log, clock } = service;
  const account = parseAccount(entry.ResponderAccount).id;
  const request = await readPosted(entry, account, origin, service);
  const { signerKid, fromId, digest, enquirerId, enquirerIdSigned } = request;
  const sender = await store.sender(account, fromId, signerKid);
  const standing = await standingOf(request, sender.standing, origin, service);

  const now = clock();
  const refusal = await ownerRefusal(request, sender, standing, origin, service);
  if (refusal !== undefined) {
    // The answer to an earlier post of the same request may have got lost; that one was taken.
    const known = await store.knownRequest(account, digest, signerKid);
    if (known?.kind !== "repeated") throw refusal;
    return { Status: 201, BrokerID: known.brokerId };
  }
  const dates = {
    created: request.created,
    expire: request.expire,
    envelopeExpire: entry.Expire === undefined ? undefined : parseTime(entry.Expire),
  };
  const expire = expiryOf(dates, now);
  if (expire <= now) {
    const known = await store.knownRequest(account, digest, signerKid);
    if (known !== undefined) return { Status: 201, BrokerID: brokerIdOf(known, now) };
    throw new Refusal("over", "The request had expired before it arrived.");
  }

  const brokerId = service.newBrokerId();
  const kept = {
    brokerId,
    account,
    postedBy: origin.caller?.kid,
    enquirerId,
    expire,
    request: entry.Request,
  };
  const outcome = await store.addRequest(
    {
      digest,
      signerKid,
      enquirerIdSigned,
      draft,
      fromId,
      received: now,
      ...kept,
    },
    limiter.caps(standing),
  );
  if (outcome.kind !== "added") return { Status: 201, BrokerID: brokerIdOf(outcome, now) };
  if (request.signer !== undefined) await rememberRsa(request.signer, service);
  notices.posted({ sequence: outcome.sequence, ...kept });
  log.write({ event: "posted", account, request: shortId(brokerId), kid: signerKid });
  return { Status: 201, BrokerID: brokerId };
}

/**
 * An RSA key keeps the algorithm that it was first seen with (design §5). Seen is a key of which a request was stored:
 * else strangers could fill the store with keys.
 */
async function rememberRsa({ kid, jwk }: VerifyKey, { store, held }: Service): Promise<void> {
  if (jwk.kty === "RSA" && (await held(kid)) === undefined) await store.rememberSender(kid, jwk);
}

/** Who is asking, as far as this broker knows. @throws Refusal `forbidden` */
async function standingOf(
  { fromId, signerKid }: PostedRequest,
  known: SenderStanding,
  origin: Origin,
  service: Service,
): Promise<Standing> {
  // Who an encrypted request says that it is from, only the responder can hold against the key.
  const isOurs = fromId !== undefined && (known.fromIsAccount || service.domains.has(parseAccount(fromId).domain));
  if (isOurs && !known.local) {
    throw new Refusal("forbidden", `A request from ${fromId} must be signed by an active device of that account.`);
  }
  const domain =
    fromId !== undefined &&
    !known.local &&
    !known.registered &&
    (await domainPublishes(fromId, signerKid, origin, service));
  const standing = { domain, ...known };
  requireAdmitted(service.enquirers, standing);
  return standing;
}

const FULL = {
  account: "Too many requests are pending at this account.",
  unverified: "Too many requests of senders that this broker does not know are pending at this account.",
  sender: "Too many requests of this sender are pending at this account.",
} as const;

/** The BrokerID that the same request got before. @throws Refusal `exists`, `unknown_account`, `too_many` */
function brokerIdOf(outcome: Exclude<AddOutcome, { readonly kind: "added" }>, now: number): string {
  switch (outcome.kind) {
    case "repeated":
      return outcome.brokerId;
    case "spent":
      throw new Refusal("exists", "The same request was posted before and is over; sign a new one with an EnquirerID.");
    case "of_another":
      throw new Refusal("exists", "The same encrypted request was posted by another key.");
    case "enquirer_id_used":
      throw new Refusal("exists", "Another request of this key has this EnquirerID.");
    case "unknown_account":
      throw new Refusal("unknown_account", "There is no such account at this broker.");
    case "full": {
      const seconds = Math.min(3600, Math.max(1, Math.ceil((outcome.until - now) / 1000)));
      throw new Refusal("too_many", FULL[outcome.cap], seconds);
    }
  }
}
