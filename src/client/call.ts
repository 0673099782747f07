/**
 * One transaction with a broker, over fetch. An authenticated call believes only what the pinned service key signed
 * for exactly this call; an unsigned error may delay or fail it, and no more (design §4).
 */
import {
  CALL_CONTENT_TYPE,
  CryptoError,
  openAnswer,
  type OpenedAnswer,
  sealCall,
  type SigningKey,
  type VerifyKey,
} from "../crypto/index.ts";
import {
  LIMITS,
  ProtocolError,
  readResponse,
  type RequestBody,
  type ResponseBody,
  scanJson,
  type Transaction,
  writeRequest,
} from "../protocol/index.ts";
import { fetchFrom, readBounded } from "./fetch.ts";
import { ClientError } from "./errors.ts";

export interface CallOptions {
  /** The whole endpoint. */
  readonly endpoint: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Who calls, and whose answer counts. */
export interface Credentials {
  readonly key: SigningKey;
  readonly service: VerifyKey;
}

const TIMEOUT_MS = 20_000;

/**
 * Calls without authentication; the answer is no better than the line that it came through.
 *
 * @throws ClientError `unreachable`, `timeout`, `aborted`, `malformed`
 */
export async function callPlain<T extends Transaction>(
  transaction: T,
  body: RequestBody<T>,
  options: CallOptions,
): Promise<ResponseBody<T>> {
  const { bytes } = await exchange(writeRequest(transaction, body), "application/json", options);
  return readAnswer(transaction, bytes);
}

/**
 * Calls authenticated.
 *
 * @throws ClientError any code
 */
export async function callSigned<T extends Transaction>(
  transaction: T,
  body: RequestBody<T>,
  who: Credentials,
  options: CallOptions,
): Promise<ResponseBody<T>> {
  const call = await sealCall(who.key, {
    url: options.endpoint,
    message: writeRequest(transaction, body),
    now: options.clock(),
  });
  const { bytes, httpStatus } = await exchange(call.body, CALL_CONTENT_TYPE, options);
  const opened = await openSignedAnswer(bytes, { req: call.req, service: who.service, httpStatus });
  const answer = readAnswer(transaction, opened.payload);
  if (answer.Status === 401) checkClock(opened.issued, options.clock());
  return answer;
}

/**
 * The broker refuses calls of a clock that is off; its own is in what it signed.
 *
 * @throws ClientError `clock`
 */
export function checkClock(brokerMs: number, nowMs: number): void {
  const ahead = Math.round((nowMs - brokerMs) / 1000);
  if (Math.abs(ahead) * 1000 <= LIMITS.clockSkewMs) return;
  const by = `${String(Math.round(Math.abs(ahead) / 60))} minutes ${ahead > 0 ? "fast" : "slow"}`;
  throw new ClientError("clock", `This machine's clock is ${by}; set it right and try again.`, { aheadSeconds: ahead });
}

/**
 * Opens a signed answer.
 *
 * @throws ClientError `not_signed`, `wrong_key`
 */
export async function openSignedAnswer(
  bytes: Uint8Array | string,
  expect: { readonly req: string; readonly service: VerifyKey; readonly httpStatus?: number },
): Promise<OpenedAnswer> {
  const notSigned = (why: string): ClientError => new ClientError("not_signed", why, { status: expect.httpStatus });
  try {
    return await openAnswer(bytes, expect);
  } catch (error) {
    if (error instanceof CryptoError) {
      throw error.code === "kid" ? new ClientError("wrong_key", error.message) : notSigned(error.message);
    }
    if (error instanceof ProtocolError) throw notSigned("The broker's answer is not signed.");
    throw error;
  }
}

/** @throws ClientError `malformed` */
export function readAnswer<T extends Transaction>(transaction: T, bytes: Uint8Array | string): ResponseBody<T> {
  try {
    return readResponse(transaction, scanJson(bytes, LIMITS.answerBytes));
  } catch (error) {
    if (error instanceof ProtocolError) throw new ClientError("malformed", `The broker's answer: ${error.message}`);
    throw error;
  }
}

/**
 * Posts a body and reads the answer's, whatever HTTP's status.
 *
 * @throws ClientError `unreachable`, `timeout`, `aborted`, `malformed`
 */
export function exchange(
  body: string,
  contentType: string,
  { endpoint, timeoutMs = TIMEOUT_MS, ...options }: CallOptions,
): Promise<{ readonly bytes: Uint8Array; readonly httpStatus: number }> {
  const post = { method: "POST", headers: { "content-type": contentType }, body };
  return fetchFrom(endpoint, post, { ...options, timeoutMs }, async (response) => ({
    bytes: await readBounded(response, LIMITS.answerBytes),
    httpStatus: response.status,
  }));
}
