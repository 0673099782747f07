/** An inbox entry as text, the same wherever it is stored: read back through a shape, so that a damaged one is noticed. */
import {
  boolean,
  BrokerId,
  integer,
  JwsOrJwe,
  Kid,
  LIMITS,
  object,
  oneOf,
  REQUEST_STATUSES,
  scanJson,
  Sha256,
  text,
} from "../protocol/index.ts";
import { DELIVERIES, INBOX_STATES, type InboxEntry, REFUSAL_REASONS } from "./inbox-entry.ts";

/** A date before 1970 is odd, but it can be signed, and what was stored must be readable. */
const instant = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const count = integer(0, Number.MAX_SAFE_INTEGER);

const Answer = object(
  { jws: JwsOrJwe, value: boolean, at: instant, attempts: count, nextAttempt: instant },
  {
    reason: oneOf("unknown"),
    label: text(1, 100),
    option: integer(0, 100),
    delivery: oneOf(...DELIVERIES),
    deliveredAt: instant,
  },
);

const Stored = object(
  {
    account: text(3, 254),
    broker: text(1, 500),
    digest: Sha256,
    brokerId: BrokerId,
    request: JwsOrJwe,
    state: oneOf(...INBOX_STATES),
    received: instant,
    expires: instant,
    vouched: boolean,
  },
  {
    postedBy: Kid,
    sequence: count,
    endorses: boolean,
    presented: instant,
    answer: Answer,
    tell: boolean,
    refusal: object({ reason: oneOf(...REFUSAL_REASONS), detail: text(0, 2000) }),
    ended: instant,
    endedAs: oneOf(...REQUEST_STATUSES),
  },
);

const UNANSWERED = {
  reason: undefined,
  label: undefined,
  option: undefined,
  delivery: undefined,
  deliveredAt: undefined,
};
const NEW = {
  endorses: false,
  tell: false,
  postedBy: undefined,
  sequence: undefined,
  presented: undefined,
  refusal: undefined,
  ended: undefined,
  endedAs: undefined,
};

/** Writes an entry as JSON. */
export function writeStoredEntry(entry: InboxEntry): string {
  return JSON.stringify(entry);
}

/**
 * Reads what `writeStoredEntry` wrote.
 *
 * @throws ProtocolError where it is something else
 */
export function readStoredEntry(json: string): InboxEntry {
  const stored = Stored.read(scanJson(json, LIMITS.answerBytes), "entry");
  const answer = stored.answer === undefined ? undefined : { ...UNANSWERED, ...stored.answer };
  return Object.freeze({ ...NEW, ...stored, answer });
}
