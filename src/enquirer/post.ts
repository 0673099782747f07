/** Posting: the request is signed with its own dates and id, so that posting it again is harmless and changing it is noticed. */
import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, ClientError, type ClientErrorCode } from "../client/index.ts";
import {
  encryptionJwkOf,
  encryptJws,
  exportPair,
  matchCommitment,
  newEncryptionPair,
  newMatchSecret,
  signRequest,
  TYP,
} from "../crypto/index.ts";
import {
  encodeBase64url,
  formatTime,
  LIMITS,
  parseAccount,
  ProtocolError,
  type RequestBody,
  type ResponseBody,
} from "../protocol/index.ts";
import { parseSrml, SrmlError, writeSrml } from "../srml/index.ts";
import { callBroker, type LineOptions } from "./broker-line.ts";
import { answerers } from "./devices.ts";
import { EnquirerError } from "./errors.ts";
import { presenceProfiles } from "./presence.ts";
import { recipientsOf } from "./recipients.ts";
import type { Posted, Question } from "./types.ts";
import { requireCodesLeft } from "./wrong-codes.ts";

/** A line that broke, or an answer by somebody between: the request may have arrived. */
const IN_DOUBT: ReadonlySet<ClientErrorCode> = new Set(["unreachable", "timeout", "not_signed"]);
const TRIES = 3;

/**
 * Signs and posts a question.
 *
 * @throws EnquirerError `usage`, `no_pin`, `no_presence`, `undeliverable`, `broker_key_changed`; ClientError
 */
export async function postQuestion(line: LineOptions, fromId: string, question: Question): Promise<Posted> {
  const to = accountOf(question.to);
  const text = textOf(question.request);
  if (question.match === true && parseSrml(text).buttons.length > 0) {
    throw new EnquirerError("usage", "A request that asks for a code has no options: the code is its answer.");
  }
  const pins = question.pin === undefined ? [] : [kidOf(question.pin)];
  const lifeMs = question.lifeMs ?? LIMITS.defaultLifeMs;
  if (!(lifeMs >= 1000 && lifeMs <= LIMITS.lifeMs)) {
    throw new EnquirerError("usage", "A request lives from 1 second to 7 days.");
  }
  // Before the user is disturbed: an answer that could not be believed is not worth asking for.
  const allowed = await answerers(line, to, question);
  const presence = question.presence === true ? await presenceProfiles(line, to, question, allowed) : undefined;
  const recipients = question.encrypt === true ? recipientsOf(to, allowed) : undefined;
  const reply = recipients === undefined ? undefined : await newEncryptionPair({ extractable: true });
  if (question.match === true) await requireCodesLeft(line, to);
  const match = question.match === true ? newMatchSecret() : undefined;
  const now = line.clock();
  const expire = Math.floor((now + lifeMs) / 1000) * 1000;
  const enquirerId = encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
  const request = await signRequest(line.key, {
    text,
    fromId,
    toId: to,
    enquirerId,
    created: now,
    expire,
    ...(match === undefined ? {} : { match: await matchCommitment(match) }),
    ...(presence === undefined ? {} : { presence: true }),
    ...(reply === undefined ? {} : { replyKey: await encryptionJwkOf(reply) }),
  });
  const entry =
    recipients === undefined
      ? { Request: request }
      : {
          Request: await encryptJws(request, TYP.request, recipients),
          EnquirerID: enquirerId,
          Expire: formatTime(expire),
        };
  const answer = await enquire(line, { Request: { ...entry, ResponderAccount: to } });
  const brokerId = answer.BrokerID;
  if (answer.Status >= 300 || brokerId === undefined) {
    throw new EnquirerError("undeliverable", answer.StatusDescription ?? "The broker refused.", answer.Status);
  }
  return {
    brokerId,
    endpoint: line.endpoint,
    to,
    request,
    expire,
    pins,
    trustOnFirstUse: question.trustOnFirstUse === true,
    ...(match === undefined ? {} : { match }),
    ...(presence === undefined ? {} : { presence }),
    ...(reply === undefined ? {} : { replyKey: await exportPair(reply) }),
  };
}

/** Posts; and the very same again where nobody can know whether it arrived: the same request gets the same BrokerID. */
async function enquire(line: LineOptions, body: RequestBody<"Enquire">): Promise<ResponseBody<"Enquire">> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await callBroker(line, "Enquire", body);
    } catch (error) {
      if (!(error instanceof ClientError) || !IN_DOUBT.has(error.code) || tried === TRIES) throw error;
      line.notice({ kind: "retrying", why: error.message });
      await sleep(backoffMs(tried, Math.random()));
    }
  }
}

/** @throws EnquirerError `usage` */
export function accountOf(text: string): string {
  try {
    return parseAccount(text).id;
  } catch (error) {
    if (error instanceof ProtocolError) throw new EnquirerError("usage", error.message);
    throw error;
  }
}

/**
 * Reads a fingerprint as somebody copied it: in any case, with or without the hyphens.
 *
 * @throws EnquirerError `usage`: a pin that can match no key would have the user asked in vain
 */
export function kidOf(text: string): string {
  const signs = text.toUpperCase().replaceAll(/[\s-]/g, "");
  if (/^[A-Z2-7]{30}$/.test(signs)) return signs.replaceAll(/.{5}(?=.)/g, "$&-");
  throw new EnquirerError("usage", `${JSON.stringify(text.slice(0, 60))} is not a fingerprint: six groups of five.`);
}

function textOf(request: Question["request"]): string {
  try {
    if (typeof request !== "string") return writeSrml(request);
    parseSrml(request);
    return request;
  } catch (error) {
    if (error instanceof SrmlError) throw new EnquirerError("usage", error.message);
    throw error;
  }
}
