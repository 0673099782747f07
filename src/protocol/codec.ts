/**
 * The caller's side of the codec: requests are written as -01 has them, and responses are read in both drafts. Its other
 * half is `service-codec.ts`.
 */
import { readFlatStatus, readPending } from "./draft-00.ts";
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { type Outcome, type RequestBody, type ResponseBody, RESPONSES, type Transaction } from "./messages.ts";

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
