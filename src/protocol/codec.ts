/**
 * The caller's side of the codec: requests are written as -01 has them, and responses are read in both drafts. Its other
 * half is `service-codec.ts`.
 */
import { readFlatStatus, readPending } from "./draft-00.ts";
import { ProtocolError } from "./errors.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { type ResponseBody, RESPONSES } from "./responses.ts";
import type { RequestBody, Transaction } from "./requests.ts";

/** Writes a request message with its class tag, in the form of -01. */
export function writeRequest<T extends Transaction>(transaction: T, body: RequestBody<T>): string {
  return JSON.stringify({ [`${transaction}Request`]: body });
}

/**
 * Reads the response to a transaction, in either draft; a bare ConfirmResponse is one too (-01 §6.2.1).
 *
 * @throws ProtocolError `unknown_tag`, `shape`, `account`, `time`
 */
export function readResponse<T extends Transaction>(transaction: T, value: JsonValue): ResponseBody<T> {
  const [member, ...others] = isJsonObject(value) ? Object.entries(value) : [];
  const [given, body = null] = member ?? [];
  const tag = ([`${transaction}Response`, "ConfirmResponse"] as const).find((known) => known === given);
  if (tag === undefined || others.length > 0) {
    throw new ProtocolError("unknown_tag", `The answer is not a ${transaction}Response.`);
  }
  return readerOf(tag, body)(body, tag) as ResponseBody<T>;
}

function readerOf(tag: keyof typeof RESPONSES, body: JsonValue): (value: JsonValue, path: string) => unknown {
  if (tag === "PendingResponse") return readPending;
  if (tag === "StatusResponse" && isJsonObject(body) && Object.hasOwn(body, "RequestStatus")) return readFlatStatus;
  return RESPONSES[tag].read;
}
