/**
 * From scanned JSON to a message and back, in both drafts: the class tags and the short ones of the 2017 reference, the
 * nested form of -01 and the flat one of -00, told apart by what `Request` or `Response` holds.
 */
import { flatStatus, isFlat, readFlatEnquire, readFlatRespond, readFlatStatus, readPending } from "./draft-00.ts";
import type { Draft } from "./draft.ts";
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
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

/** Which transaction a message asks for by its one tag, whatever is in it; undefined where it asks for none. */
export function transactionOf(value: JsonValue): Transaction | undefined {
  const [tag, ...others] = isJsonObject(value) ? Object.keys(value) : [];
  if (others.length > 0) return undefined;
  return TRANSACTIONS.find((name) => tag === name || tag === `${name}Request`);
}

/**
 * Reads a request message.
 *
 * @throws ProtocolError `unknown_tag`, `shape`, `account`, `time`
 */
export function readRequest(value: JsonValue): RequestMessage {
  const transaction = transactionOf(value);
  const [member] = isJsonObject(value) ? Object.entries(value) : [];
  if (transaction === undefined || member === undefined) {
    throw new ProtocolError(
      "unknown_tag",
      `A message has exactly one member, one of ${Object.keys(REQUESTS).join(", ")}.`,
    );
  }
  const [tag, body] = member;
  return Object.freeze({ transaction, ...readBody(transaction, body, tag) }) as RequestMessage;
}

function readBody(transaction: Transaction, body: JsonValue, path: string): Pick<RequestMessage, "draft" | "body"> {
  if (transaction === "Enquire" && isFlat(body, "Request")) return { draft: "00", body: readFlatEnquire(body, path) };
  if (transaction === "Respond" && isFlat(body, "Response")) return { draft: "00", body: readFlatRespond(body, path) };
  return { draft: "01", body: REQUESTS[`${transaction}Request`].read(body, path) };
}

/** Writes a request message with its class tag, in the form of -01. */
export function writeRequest<T extends Transaction>(transaction: T, body: RequestBody<T>): string {
  return JSON.stringify({ [`${transaction}Request`]: body });
}

/**
 * Reads the response to a transaction, in either draft; a bare ConfirmResponse is one too (-01 §6.2.1).
 *
 * @throws ProtocolError `unknown_tag`, `shape`, `account`, `time`
 */
export function readResponse<T extends Transaction>(transaction: T, value: JsonValue): ResponseBody<T> | Outcome {
  const tags = isJsonObject(value) ? Object.keys(value) : [];
  const tag = tags[0];
  const body = isJsonObject(value) && tag !== undefined ? value[tag] : undefined;
  if (body !== undefined && tags.length === 1) {
    if (tag === `${transaction}Response`) return readResponseBody(transaction, body, tag);
    if (tag === "ConfirmResponse") return RESPONSES.ConfirmResponse.read(body, tag);
  }
  throw new ProtocolError("unknown_tag", `The answer is not a ${transaction}Response.`);
}

function readResponseBody<T extends Transaction>(transaction: T, body: JsonValue, path: string): ResponseBody<T> {
  const flat = isJsonObject(body) ? flatReaderOf(transaction, body) : undefined;
  return (flat ?? RESPONSES[`${transaction}Response`].read)(body, path) as ResponseBody<T>;
}

function flatReaderOf(
  transaction: Transaction,
  body: JsonObject,
): ((value: JsonValue, path: string) => unknown) | undefined {
  if (transaction === "Status" && Object.hasOwn(body, "RequestStatus")) return readFlatStatus;
  if (transaction === "Pending") return readPending;
  return undefined;
}

/** Writes a response with its class tag; a StatusResponse, which alone has two forms, by {@link writeStatus}. */
export function writeResponse<T extends Transaction>(transaction: T, body: ResponseBody<T>): string {
  return JSON.stringify({ [`${transaction}Response`]: body });
}

/** Writes a StatusResponse in the form of a draft. */
export function writeStatus(body: ResponseBody<"Status">, draft: Draft): string {
  return JSON.stringify({ StatusResponse: draft === "00" ? flatStatus(body) : body });
}

/** Writes the response that fits any transaction. */
export function writeOutcome(body: Outcome): string {
  return JSON.stringify({ ConfirmResponse: body });
}
