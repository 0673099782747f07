/** Requests on their way in, and how they are found again. Statements are prepared once. */
import type Database from "libsql";
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
import type { GroupCommit } from "./group-commit.ts";
import { ENCRYPTED, integerOf, pendingOf, requestOf, requestStatusOf, textOf } from "./parse-rows.ts";

type Arrivals = Pick<
  RequestStore,
  "addRequest" | "knownRequest" | "request" | "requestByDigest" | "requestsOf" | "pending"
>;

/** Which sequence numbers there are; a bound that is not given is one of these. */
const FIRST = -1;
const LAST = Number.MAX_SAFE_INTEGER;

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

export function sqliteArrivals(database: Database.Database, writes: GroupCommit): Arrivals {
  const byDigest = database.prepare(
    "SELECT broker_id, signer_kid, state, enquirer_id_signed FROM requests WHERE account = ? AND digest = ?",
  );
  const count = database.prepare(`
    SELECT count(*) AS pending, coalesce(min(expire), 0) AS until,
      count(*) FILTER (WHERE verified = 0) AS unverified,
      coalesce(min(expire) FILTER (WHERE verified = 0), 0) AS unverified_until,
      count(*) FILTER (WHERE signer_kid = ?1) AS by_sender,
      coalesce(min(expire) FILTER (WHERE signer_kid = ?1), 0) AS sender_until
    FROM requests WHERE account = ?2 AND state = 'PENDING' AND expire > ?3`);
  const insert = database.prepare(`
    INSERT INTO requests (broker_id, account, digest, signer_kid, verified, posted_by, enquirer_id, enquirer_id_signed,
      from_id, draft, received, expire, state)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'PENDING'
    WHERE EXISTS (SELECT 1 FROM accounts WHERE account = ?2)
    ON CONFLICT DO NOTHING`);
  const insertBody = database.prepare("INSERT INTO request_bodies (seq, request) VALUES (?, ?)");
  const account = database.prepare("SELECT 1 FROM accounts WHERE account = ?");
  const WHOLE = `
    SELECT r.seq, broker_id, account, r.digest, signer_kid, posted_by, enquirer_id, from_id, draft, expire, state, response,
      a.digest AS answer_digest, a.received AS answer_received
    FROM requests r LEFT JOIN answers a ON a.seq = r.seq`;
  const byBrokerId = database.prepare(`${WHOLE} WHERE broker_id = ?`);
  const wholeByDigest = database.prepare(`${WHOLE} WHERE account = ? AND r.digest = ?`);
  const ofAccount = database.prepare("SELECT broker_id, state FROM requests WHERE account = ? ORDER BY seq");
  const PENDING = `
    SELECT r.seq, broker_id, account, posted_by, enquirer_id, expire, request
    FROM requests r JOIN request_bodies b ON b.seq = r.seq WHERE state = 'PENDING' AND expire > ?`;
  const pendingOfAccount = database.prepare(
    `${PENDING} AND account = ? AND r.seq > ? AND r.seq < ? ORDER BY r.seq LIMIT ?`,
  );
  const pendingByBrokerId = database.prepare(
    `${PENDING} AND account = ? AND r.seq > ? AND r.seq < ? AND broker_id = ? LIMIT ?`,
  );

  function known(accountId: string, digest: string, signerKid: string): KnownRequest | undefined {
    const row = byDigest.get(accountId, digest);
    if (row === undefined) return undefined;
    if (textOf(row, "signer_kid") !== signerKid) return { kind: "of_another" };
    return requestStatusOf(row) === "PENDING" || integerOf(row, "enquirer_id_signed") === 1
      ? { kind: "repeated", brokerId: textOf(row, "broker_id") }
      : { kind: "spent" };
  }

  function add(request: NewStoredRequest, caps: PendingCaps | undefined): AddOutcome {
    if (caps !== undefined) {
      const counted = count.get(request.signerKid, request.account, request.received);
      const full = capReached(counted, caps);
      if (full !== undefined) return known(request.account, request.digest, request.signerKid) ?? full;
    }
    const inserted = insert.run(
      request.brokerId,
      request.account,
      request.digest,
      request.signerKid,
      caps?.senderIsVerified === false ? 0 : 1,
      request.postedBy ?? null,
      request.enquirerId ?? null,
      request.enquirerIdSigned ? 1 : 0,
      request.fromId ?? ENCRYPTED,
      request.draft,
      request.received,
      request.expire,
    );
    if (inserted.changes === 0) {
      if (account.get(request.account) === undefined) return { kind: "unknown_account" };
      return known(request.account, request.digest, request.signerKid) ?? { kind: "enquirer_id_used" };
    }
    const sequence = Number(inserted.lastInsertRowid);
    insertBody.run(sequence, JSON.stringify(request.request));
    return { kind: "added", sequence };
  }

  const whole = (row: unknown): StoredRequest | undefined => (row === undefined ? undefined : requestOf(row));

  return {
    addRequest: (request, caps) => writes.run(() => add(request, caps)),
    knownRequest: (accountId, digest, signerKid) => Promise.resolve(known(accountId, digest, signerKid)),
    request: (brokerId) => Promise.resolve(whole(byBrokerId.get(brokerId))),
    requestByDigest: (accountId, digest) => Promise.resolve(whole(wholeByDigest.get(accountId, digest))),
    requestsOf: (accountId) => {
      const rows = ofAccount
        .all(accountId)
        .map((row) => ({ id: textOf(row, "broker_id"), state: requestStatusOf(row) }));
      const idsOf = (is: (state: RequestStatus) => boolean): readonly string[] =>
        rows.filter(({ state }) => is(state)).map(({ id }) => id);
      return Promise.resolve({
        pending: idsOf((state) => state === "PENDING"),
        answered: idsOf((state) => state === "REPLY"),
        archived: idsOf((state) => state !== "PENDING" && state !== "REPLY"),
      });
    },
    pending: ({ account: of, now, after = FIRST, before = LAST, brokerId, limit }: PendingQuery) =>
      Promise.resolve<readonly PendingRequest[]>(
        (brokerId === undefined
          ? pendingOfAccount.all(now, of, after, before, limit)
          : pendingByBrokerId.all(now, of, after, before, brokerId, limit)
        ).map(pendingOf),
      ),
  };
}
