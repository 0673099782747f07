/**
 * From a body to an answer. A plain JSON body is a call without authentication and gets plain JSON; a call in a
 * flattened JWS gets its answer sealed by the service key, refusals included, once it could be read at all.
 */
import { CALL_CONTENT_TYPE, readCall, type ReadCall, sealAnswer } from "../crypto/index.ts";
import { nodePrimitives } from "../node/index.ts";
import { type JsonValue, type Outcome, readRequest, scanJson, transactionOf, writeOutcome } from "../protocol/index.ts";
import { authenticate } from "./authenticate.ts";
import { isNewcomer, NOWHERE, type Place } from "./bounds/admission.ts";
import type { Origin } from "./call.ts";
import type { Line } from "./line.ts";
import { tell } from "./refusal.ts";
import type { Service } from "./service.ts";
import { runTransaction } from "./transactions/index.ts";

export interface Posted {
  readonly body: Uint8Array;
  /** True for `application/jose+json`. */
  readonly sealed: boolean;
  readonly address: string;
  readonly line: Line;
}

export interface Answer {
  /** HTTP's status: 200 wherever a transaction was processed. */
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Seconds, where HTTP itself refuses. */
  readonly retryAfter?: number;
}

const JSON_TYPE = "application/json";

/** HTTP speaks of itself: of a transaction's refusals only a failure or an overload of the broker is its business. */
function httpStatus(status: number): number {
  return status === 500 || status === 503 ? status : 200;
}

interface Reply {
  readonly status: number;
  readonly message: string;
}

/** What the caller is told of an error, which goes to the log too. */
export function refuse(error: unknown, origin: Origin, service: Service, transaction?: string): Outcome {
  const { outcome, code, defect } = tell(error);
  const { caller, address } = origin;
  // The shortage has one line of its own.
  if (code === "overloaded") return outcome;
  service.trouble.note(error);
  service.log.write({
    event: "refused",
    ...(transaction === undefined ? {} : { transaction }),
    status: outcome.Status,
    code,
    ...(caller === undefined ? {} : { kid: caller.kid }),
    address,
  });
  if (defect) service.log.write({ event: "defect", where: transaction ?? "call", detail: detailOf(error) });
  return outcome;
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` Cause: ${error.cause.message}` : "";
  return (error.stack ?? error.message) + cause;
}

/** Runs the transaction that a message asks for. */
async function reply(json: JsonValue, origin: Origin, service: Service): Promise<Reply> {
  const transaction = transactionOf(json);
  try {
    return { status: 200, message: await runTransaction(readRequest(json), origin, service) };
  } catch (error) {
    const outcome = refuse(error, origin, service, transaction);
    // A refusal keeps the class of the answer that was waited for, where it is known which.
    const message = JSON.stringify({ [`${transaction ?? "Confirm"}Response`]: outcome });
    return { status: httpStatus(outcome.Status), message };
  }
}

/** Answers a body that could not be read, or that there is no room for: nothing was processed, so HTTP's own status says so. */
function unread(error: unknown, origin: Origin, service: Service): Answer {
  const outcome = refuse(error, origin, service);
  const { Status: status, RetryAfter: retryAfter } = outcome;
  const more = retryAfter === undefined ? {} : { retryAfter };
  return { status, contentType: JSON_TYPE, body: writeOutcome(outcome), ...more };
}

/** Answers whatever was posted; never rejects for bad input. */
export async function answerPosted({ body, sealed, address, line }: Posted, service: Service): Promise<Answer> {
  const stranger: Origin = { caller: undefined, address, line, place: NOWHERE };
  let call: ReadCall | undefined;
  let place: Place;
  try {
    call = sealed ? await readCall(body, nodePrimitives) : undefined;
    place = service.capacity.admission.enter(isNewcomer(call === undefined ? body : call.jws.payload));
  } catch (error) {
    return unread(error, stranger, service);
  }
  try {
    const origin = { caller: undefined, address, line, place };
    return await (call === undefined ? answerPlain(body, origin, service) : answerCall(call, origin, service));
  } finally {
    place.leave();
  }
}

async function answerPlain(body: Uint8Array, stranger: Origin, service: Service): Promise<Answer> {
  let json: JsonValue;
  try {
    json = scanJson(body, service.policy.messageBytes);
  } catch (error) {
    return unread(error, stranger, service);
  }
  const { status, message } = await reply(json, stranger, service);
  return { status, contentType: JSON_TYPE, body: message };
}

async function answerCall(call: ReadCall, stranger: Origin, service: Service): Promise<Answer> {
  const { address, line, place } = stranger;
  let answered: Reply;
  try {
    const { caller, payload } = await authenticate(call, service.urls, service);
    const json = scanJson(payload, service.policy.messageBytes);
    answered = await reply(json, { caller, address, line, place }, service);
  } catch (error) {
    const outcome = refuse(error, stranger, service);
    answered = { status: httpStatus(outcome.Status), message: writeOutcome(outcome) };
  }
  const { status, message } = answered;
  const sealedBody = await sealAnswer(service.key, { req: call.req, message, now: service.clock() }, nodePrimitives);
  return { status, contentType: CALL_CONTENT_TYPE, body: sealedBody };
}
