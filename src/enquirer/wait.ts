/**
 * Waiting for the answer: long polls until the broker says how it ended, or the caller's time is over; then the request
 * is cancelled, unless the caller leaves it. What is not signed back is no answer, so a broken line can only delay.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, ClientError } from "../client/index.ts";
import type { FlattenedJws, ReadOf, ResponseEntry } from "../protocol/index.ts";
import { callBroker, type LineOptions } from "./broker-line.ts";
import { EnquirerError } from "./errors.ts";
import { takeAnswer } from "./take-answer.ts";
import type { AskResult, Posted, WaitOptions } from "./types.ts";

const WAIT_SECONDS = 30;
/** How long after its end a request is still asked about, for the broker to say so itself. */
const GRACE_MS = 3000;
const CANCEL_TIMEOUT_MS = 5000;
/** A broker that does not hold the call, as a plain one does not, is asked so often. */
const PACE_MS = 1000;
const RETRY_LIMIT_MS = 5000;

type Entry = ReadOf<typeof ResponseEntry>;

/** How a request stands, and the broker's stamp on its answer. */
interface Standing {
  readonly entry: Entry;
  readonly stamp: FlattenedJws | undefined;
}

/** What a Status call brought: how the request stands, or when to come back. */
type Look = Standing | { readonly entry: undefined; readonly busyMs: number };

/**
 * Waits for the answer to a posted request.
 *
 * @throws EnquirerError `undeliverable`, `untrusted_answer`, `broker_key_changed`
 */
export async function waitForAnswer(line: LineOptions, posted: Posted, options: WaitOptions): Promise<AskResult> {
  const { signal } = options;
  const ownEnd = posted.expire + GRACE_MS;
  const end = options.timeoutMs === undefined ? ownEnd : Math.min(line.clock() + options.timeoutMs, ownEnd);
  line.notice({ kind: "waiting", brokerId: posted.brokerId, expire: posted.expire });
  let failures = 0;
  while (signal?.aborted !== true && line.clock() < end) {
    const left = Math.max(0, end - line.clock());
    const wait = Math.min(WAIT_SECONDS, Math.ceil(left / 1000));
    const asked = line.clock();
    let pause: number;
    try {
      const look = await askStatus(line, posted, { Wait: wait }, wait * 1000 + 10_000, signal);
      failures = 0;
      const result = look.entry === undefined ? undefined : await resultOf(line, posted, look);
      if (aborted(signal)) break;
      if (result !== undefined) return result;
      pause = look.entry === undefined ? look.busyMs : PACE_MS - (line.clock() - asked);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.code === "aborted") break;
      failures += 1;
      line.notice({ kind: "retrying", why: error.message });
      pause = Math.min(backoffMs(failures, Math.random()), RETRY_LIMIT_MS);
    }
    await sleepUpTo(Math.min(pause, end - line.clock()), signal);
  }
  if (options.whenGivenUp === "leave" && line.clock() < posted.expire) {
    return { result: aborted(signal) ? "aborted" : "timeout" };
  }
  return giveUp(line, posted, signal);
}

/** Sleeps until the time is over, or the signal aborts. */
async function sleepUpTo(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(Math.max(0, ms), undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** A function, because the signal changes under an await. */
function aborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/**
 * Cancels a request.
 *
 * @returns how it ended; an answer that was there first is returned, unless the caller aborted, before or meanwhile
 */
async function giveUp(line: LineOptions, posted: Posted, signal: AbortSignal | undefined): Promise<AskResult> {
  const standing = await cancel(line, posted);
  const isAnswered = standing?.entry.RequestStatus === "REPLY" && !aborted(signal);
  const answer = isAnswered ? await resultOf(line, posted, standing) : undefined;
  if (aborted(signal)) return { result: "aborted" };
  return answer ?? { result: line.clock() >= posted.expire ? "expired" : "timeout" };
}

/** The entry after cancelling; undefined where the broker could not be told. */
async function cancel(line: LineOptions, posted: Posted): Promise<Standing | undefined> {
  const end = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  // A broker that is busy says when to come back; one that cannot be reached is not waited for.
  while (!aborted(end)) {
    try {
      const look = await askStatus(line, posted, { Cancel: true }, CANCEL_TIMEOUT_MS, end);
      if (look.entry !== undefined) return look;
      await sleepUpTo(look.busyMs, end);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      break;
    }
  }
  if (line.clock() < posted.expire) line.notice({ kind: "not_cancelled", brokerId: posted.brokerId });
  return undefined;
}

/** One Status call. */
async function askStatus(
  line: LineOptions,
  posted: Posted,
  more: { readonly Wait?: number; readonly Cancel?: boolean },
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Look> {
  const limits = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const answer = await callBroker(line, "Status", { BrokerID: posted.brokerId, ...more }, limits);
  if (answer.Status === 429 || answer.Status === 503) {
    return { entry: undefined, busyMs: 1000 * Math.min(answer.RetryAfter ?? 1, WAIT_SECONDS) };
  }
  if (answer.Status >= 300) {
    throw new EnquirerError("undeliverable", answer.StatusDescription ?? "The broker refused.", answer.Status);
  }
  const entry = answer.Response;
  if (entry === undefined) throw new ClientError("malformed", "The broker did not say how the request stands.");
  return { entry, stamp: answer.Stamp };
}

/** What an entry means; undefined while it is pending. */
async function resultOf(line: LineOptions, posted: Posted, { entry, stamp }: Standing): Promise<AskResult | undefined> {
  switch (entry.RequestStatus) {
    case "PENDING":
      return undefined;
    case "REPLY":
      if (entry.Response === undefined) {
        throw new EnquirerError("untrusted_answer", "The broker says that there is an answer, but gives none.");
      }
      return takeAnswer(line, posted, entry.Response, stamp);
    case "EXPIRED":
      return { result: "expired" };
    case "ECANCEL":
      return { result: "cancelled" };
    case "REFUSED":
      return { result: "refused" };
    case "BCANCEL":
      return { result: "removed" };
  }
}

/**
 * Asks once how a request stands.
 *
 * @returns undefined while it is pending
 * @throws EnquirerError, also `undeliverable` for a broker that is too busy to say; ClientError
 */
export async function statusOnce(
  line: LineOptions,
  posted: Posted,
  more: { readonly Wait?: number; readonly Cancel?: boolean },
): Promise<AskResult | undefined> {
  const look = await askStatus(line, posted, more, ((more.Wait ?? 0) + 10) * 1000, undefined);
  if (look.entry === undefined) throw new EnquirerError("undeliverable", "The broker is busy; ask again later.", 429);
  return resultOf(line, posted, look);
}
