/** Requests on their way in, and how they are found again. */
import type { RequestStatus } from "../../../protocol/index.ts";
import type {
  AddOutcome,
  KnownRequest,
  NewStoredRequest,
  PendingCaps,
  PendingQuery,
  PendingRequest,
  RequestStore,
  StoredRequest,
} from "../requests.ts";
import { type Engine, lock, put, record, row, rows, type Script, tell } from "../script.ts";
import {
  ENCRYPTED,
  integerOf,
  knownOf,
  pendingOf,
  requestOf,
  requestStatusOf,
  requireRequest,
  SUMMED,
  textOf,
} from "./parse-rows.ts";
import { sumOf } from "./sums.ts";

type Arrivals = Pick<
  RequestStore,
  "addRequest" | "knownRequest" | "request" | "knownOf" | "requestByDigest" | "requestsOf" | "pending"
>;

/** Which sequence numbers there are; a bound that is not given is one of these. */
const FIRST = -1;
const LAST = Number.MAX_SAFE_INTEGER;

const BY_DIGEST = `SELECT ${SUMMED}, state FROM requests r WHERE account = ?1 AND r.digest = ?2`;
const COUNT = `
  SELECT count(*) AS pending, coalesce(min(expire), 0) AS until,
    count(*) FILTER (WHERE verified = 0) AS unverified,
    coalesce(min(expire) FILTER (WHERE verified = 0), 0) AS unverified_until,
    count(*) FILTER (WHERE signer_kid = ?1) AS by_sender,
    coalesce(min(expire) FILTER (WHERE signer_kid = ?1), 0) AS sender_until
  FROM requests WHERE account = ?2 AND state = 'PENDING' AND expire > ?3`;
export const ADD_REQUEST = `
  INSERT INTO requests (broker_id, account, digest, signer_kid, verified, posted_by, enquirer_id, enquirer_id_signed,
    from_id, draft, received, expire, sum, state)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'PENDING'
  WHERE EXISTS (SELECT 1 FROM accounts WHERE account = ?2)
  ON CONFLICT DO NOTHING RETURNING seq`;
export const ADD_BODY = "INSERT INTO request_bodies (seq, request, sum) VALUES (?1, ?2, ?3)";
export const WHOLE = `
  SELECT ${SUMMED}, r.seq, state, response, a.digest AS answer_digest, a.received AS answer_received, a.sum AS answer_sum,
    audit_writer, audit_seq, audit_hash, stamp_kid, stamp, stamp_sum
  FROM requests r LEFT JOIN answers a ON a.seq = r.seq`;
const KNOWN = `SELECT ${SUMMED}, seq FROM requests r WHERE broker_id = ?1`;
const PENDING = `
  SELECT ${SUMMED}, r.seq, request, b.sum AS body_sum
  FROM requests r JOIN request_bodies b ON b.seq = r.seq
  WHERE state = 'PENDING' AND expire > ?1 AND account = ?2 AND r.seq > ?3 AND r.seq < ?4`;

function capReached(counted: unknown, caps: PendingCaps): Extract<AddOutcome, { readonly kind: "full" }> | undefined {
  const full = (cap: "account" | "unverified" | "sender", until: string) =>
    ({ kind: "full", cap, until: integerOf(counted, until) }) as const;
  if (integerOf(counted, "pending") >= caps.perAccount) return full("account", "until");
  if (integerOf(counted, "by_sender") >= caps.perSender) return full("sender", "sender_until");
  if (!caps.senderIsVerified && integerOf(counted, "unverified") >= caps.perAccountUnverified) {
    return full("unverified", "unverified_until");
  }
  return undefined;
}

function* known(account: string, digest: string, signerKid: string): Script<KnownRequest | undefined> {
  const found = yield* row(BY_DIGEST, account, digest);
  if (found === undefined) return undefined;
  requireRequest(found);
  if (textOf(found, "signer_kid") !== signerKid) return { kind: "of_another" };
  return requestStatusOf(found) === "PENDING" || integerOf(found, "enquirer_id_signed") === 1
    ? { kind: "repeated", brokerId: textOf(found, "broker_id") }
    : { kind: "spent" };
}

/** The account is held before the request is numbered, so at one account a smaller number was there earlier. */
function* add(request: NewStoredRequest, caps: PendingCaps | undefined): Script<AddOutcome> {
  const { account, digest, signerKid } = request;
  yield* lock(account);
  if (caps !== undefined) {
    const full = capReached(yield* row(COUNT, signerKid, account, request.received), caps);
    if (full !== undefined) return (yield* known(account, digest, signerKid)) ?? full;
  }
  const values = [
    request.brokerId,
    account,
    digest,
    signerKid,
    caps?.senderIsVerified === false ? 0 : 1,
    request.postedBy ?? null,
    request.enquirerId ?? null,
    request.enquirerIdSigned ? 1 : 0,
    request.fromId ?? ENCRYPTED,
    request.draft,
    request.received,
    request.expire,
  ] as const;
  const inserted = yield* row(ADD_REQUEST, ...values, sumOf(...values));
  if (inserted === undefined) {
    if ((yield* row("SELECT 1 FROM accounts WHERE account = ?1", account)) === undefined) {
      return { kind: "unknown_account" };
    }
    return (yield* known(account, digest, signerKid)) ?? { kind: "enquirer_id_used" };
  }
  const sequence = integerOf(inserted, "seq");
  const { received: at, postedBy: by = "" } = request;
  yield* record({ event: "posted", at, request: sequence, subject: digest, kid: signerKid, by });
  const body = JSON.stringify(request.request);
  yield* put(ADD_BODY, sequence, body, sumOf(sequence, body));
  yield* tell(account);
  return { kind: "added", sequence };
}

function* whole(where: string, ...values: readonly string[]): Script<StoredRequest | undefined> {
  const found = yield* row(`${WHOLE} WHERE ${where}`, ...values);
  return found === undefined ? undefined : requestOf(found);
}

function* pending(query: PendingQuery): Script<readonly PendingRequest[]> {
  const { account, now, after = FIRST, before = LAST, brokerId, limit } = query;
  const found =
    brokerId === undefined
      ? yield* rows(`${PENDING} ORDER BY r.seq LIMIT ?5`, now, account, after, before, limit)
      : yield* rows(`${PENDING} AND broker_id = ?5 LIMIT ?6`, now, account, after, before, brokerId, limit);
  return found.map(pendingOf);
}

export function arrivalScripts({ read, share }: Engine): Arrivals {
  return {
    addRequest: (request, caps) => share(() => add(request, caps)),
    knownRequest: (account, digest, signerKid) => read(() => known(account, digest, signerKid)),
    request: (brokerId) => read(() => whole("broker_id = ?1", brokerId)),
    knownOf: (brokerId) =>
      read(function* () {
        const found = yield* row(KNOWN, brokerId);
        return found === undefined ? undefined : knownOf(found);
      }),
    requestByDigest: (account, digest) => read(() => whole("account = ?1 AND r.digest = ?2", account, digest)),
    requestsOf: (account) =>
      read(function* () {
        const select = "SELECT broker_id, state FROM requests WHERE account = ?1 ORDER BY seq";
        const all = (yield* rows(select, account)).map((one) => ({
          id: textOf(one, "broker_id"),
          state: requestStatusOf(one),
        }));
        const idsOf = (is: (state: RequestStatus) => boolean): readonly string[] =>
          all.filter(({ state }) => is(state)).map(({ id }) => id);
        return {
          pending: idsOf((state) => state === "PENDING"),
          answered: idsOf((state) => state === "REPLY"),
          archived: idsOf((state) => state !== "PENDING" && state !== "REPLY"),
        };
      }),
    pending: (query) => read(() => pending(query)),
  };
}
