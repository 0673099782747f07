/**
 * The service's side of the codec. Reads requests in both drafts: by the class tags and the short ones of the 2017
 * reference, in the nested form of -01 and the flat one of -00, told apart by what `Request` or `Response` holds.
 */
import { flatStatus, isFlat, readFlatEnquire, readFlatRespond } from "./draft-00-service.ts";
import type { Draft } from "./draft.ts";
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import type { Outcome, ResponseBody } from "./responses.ts";
import { type RequestMessage, REQUESTS, type Transaction } from "./requests.ts";

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
