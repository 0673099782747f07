/** From scanned JSON to a message and back. The long tags of -01 and the short ones of the 2017 reference are both read. */
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import {
  type Outcome,
  type RequestBody,
  type RequestMessage,
  REQUESTS,
  type ResponseBody,
  RESPONSES,
  type Transaction,
} from "./messages.ts";

const TRANSACTIONS = Object.keys(REQUESTS).map((tag) => tag.replace(/Request$/, "")) as Transaction[];

/**
 * Reads a request message.
 *
 * @throws ProtocolError `unknown_tag`, `shape`, `account`, `time`
 */
export function readRequest(value: JsonValue): RequestMessage {
  const tag = isJsonObject(value) ? Object.keys(value) : [];
  const transaction = TRANSACTIONS.find((name) => tag[0] === name || tag[0] === `${name}Request`);
  const body = isJsonObject(value) && tag[0] !== undefined ? value[tag[0]] : undefined;
  if (transaction === undefined || body === undefined || tag.length !== 1) {
    throw new ProtocolError(
      "unknown_tag",
      `A message has exactly one member, one of ${Object.keys(REQUESTS).join(", ")}.`,
    );
  }
  return Object.freeze({
    transaction,
    body: REQUESTS[`${transaction}Request`].read(body, tag[0] ?? ""),
  }) as RequestMessage;
}

/** Writes a request message with its class tag. */
export function writeRequest<T extends Transaction>(transaction: T, body: RequestBody<T>): string {
  return JSON.stringify({ [`${transaction}Request`]: body });
}

/**
 * Reads the response to a transaction; a bare ConfirmResponse is one too (-01 §6.2.1).
 *
 * @throws ProtocolError `unknown_tag`, `shape`, `account`, `time`
 */
export function readResponse<T extends Transaction>(transaction: T, value: JsonValue): ResponseBody<T> | Outcome {
  const tags = isJsonObject(value) ? Object.keys(value) : [];
  const tag = tags[0];
  const body = isJsonObject(value) && tag !== undefined ? value[tag] : undefined;
  if (body !== undefined && tags.length === 1) {
    if (tag === `${transaction}Response`) return RESPONSES[`${transaction}Response`].read(body, tag);
    if (tag === "ConfirmResponse") return RESPONSES.ConfirmResponse.read(body, tag);
  }
  throw new ProtocolError("unknown_tag", `The answer is not a ${transaction}Response.`);
}

/** Writes a response with its class tag. */
export function writeResponse<T extends Transaction>(transaction: T, body: ResponseBody<T>): string {
  return JSON.stringify({ [`${transaction}Response`]: body });
}

/** Writes the response that fits any transaction. */
export function writeOutcome(body: Outcome): string {
  return JSON.stringify({ ConfirmResponse: body });
}
