/** How a request leaves PENDING: conditional updates, of which one wins. */
import type { RequestStatus } from "../../../protocol/index.ts";
import type { NewAnswer, RequestStore, Settled, SettleOutcome } from "../requests.ts";
import type { AuditPlace } from "../audit.ts";
import { signedHash } from "../audit-hash.ts";
import { claim, type Engine, lockOf, put, record, row, run, type Script, tell } from "../script.ts";
import { accountRecord } from "./account-record.ts";
import { integerOf, requestStatusOf, textOf } from "./parse-rows.ts";
import { strike } from "./policies.ts";
import { sumOf } from "./sums.ts";

type Endorses = NonNullable<NewAnswer["endorses"]>;
type Settling = Pick<RequestStore, "answer" | "refuse" | "cancel" | "expire" | "expireDue">;

export const END_BY_DEVICE = `
  UPDATE requests SET state = ?1, settled = ?2, settled_by = ?3
  WHERE seq = ?4 AND state = 'PENDING' AND expire > ?2 AND EXISTS (
    SELECT 1 FROM devices d WHERE d.account = requests.account AND d.kid = ?3 AND d.state = 'active')
  RETURNING account, digest`;
export const ADD_ANSWER = `
  INSERT INTO answers (seq, digest, received, response, audit_writer, audit_seq, audit_hash, sum, stamp_kid, stamp, stamp_sum)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`;
const ACTIVE_DEVICE = `
  SELECT 1 FROM requests r JOIN devices d ON d.account = r.account AND d.kid = ?1 AND d.state = 'active' WHERE r.seq = ?2`;
const STATE = `
  SELECT state, coalesce(a.digest, '') AS digest FROM requests r LEFT JOIN answers a ON a.seq = r.seq WHERE r.seq = ?1`;
const EXPIRE = `
  UPDATE requests SET state = 'EXPIRED', settled = ?1 WHERE seq = ?2 AND state = 'PENDING' AND expire <= ?1
  RETURNING account, digest`;
const CANCEL = `
  UPDATE requests SET state = 'ECANCEL', settled = ?1 WHERE seq = ?2 AND state = 'PENDING' AND expire > ?1
  RETURNING account, digest`;
const LET_IN = `
  UPDATE devices SET state = 'active', profile = ?1, endorsement = ?2, endorsed_by = ?3
  WHERE account = ?4 AND kid = ?5 AND state = 'pending'`;
const TURN_AWAY = "UPDATE devices SET state = 'revoked' WHERE account = ?1 AND kid = ?2 AND state = 'pending'";
const LET_CHANGE = `
  UPDATE devices SET profile = wanted, wanted = NULL, change = ?1, changed_by = ?2
  WHERE account = ?3 AND kid = ?4 AND state = 'active' AND wanted = ?5`;
const DROP_CHANGE =
  "UPDATE devices SET wanted = NULL WHERE account = ?1 AND kid = ?2 AND state = 'active' AND wanted = ?3";
const DUE =
  "SELECT seq, broker_id, account FROM requests WHERE state = 'PENDING' AND expire <= ?1 ORDER BY expire LIMIT ?2";

/** How a request ends, and by whom. */
interface End {
  readonly event: Exclude<RequestStatus, "PENDING">;
  readonly at: number;
  readonly request: number;
  readonly by?: string;
  readonly value?: string;
}

/** Where the end of the request is recorded, if a conditional update changed it. */
function* ended(end: End, update: string, ...values: readonly (string | number)[]): Script<AuditPlace | undefined> {
  const changed = yield* row(update, ...values);
  if (changed === undefined) return undefined;
  yield* tell(textOf(changed, "account"));
  return yield* record({ subject: textOf(changed, "digest"), ...end });
}

function* endedByDevice(end: Required<Omit<End, "value">> & Pick<End, "value">): Script<AuditPlace | undefined> {
  return yield* ended(end, END_BY_DEVICE, end.event, end.at, end.by, end.request);
}

function* expire(request: number, now: number): Script<boolean> {
  return (yield* ended({ event: "EXPIRED", at: now, request }, EXPIRE, now, request)) !== undefined;
}

/** Why nothing changed. `as` is the state that was wanted, `digest` that of the answer. */
function* refusal(
  sequence: number,
  deviceKid: string,
  as: RequestStatus,
  digest: string,
  now: number,
): Script<SettleOutcome> {
  if ((yield* row(ACTIVE_DEVICE, deviceKid, sequence)) === undefined) return { kind: "stranger" };
  if (yield* expire(sequence, now)) return { kind: "over", state: "EXPIRED", now: true };
  const found = yield* row(STATE, sequence);
  const state = requestStatusOf(found);
  if (state === as && textOf(found, "digest") === digest) return { kind: "same" };
  if (state === "REPLY" || state === "REFUSED") return { kind: "different" };
  return { kind: "over", state, now: false };
}

function* answer(given: NewAnswer): Script<SettleOutcome> {
  const { sequence, deviceKid, digest, response, now, endorses, rejects } = given;
  yield* lockOf(sequence);
  const end = { event: "REPLY", at: now, request: sequence, by: deviceKid, value: digest } as const;
  const place = yield* endedByDevice(end);
  if (place === undefined) return yield* refusal(sequence, deviceKid, "REPLY", digest, now);
  const signed = JSON.stringify(response);
  const stamp = given.stamp?.(place);
  const values = [sequence, digest, now, signed, place.writer, place.sequence, place.hash] as const;
  // A sum of its own: brokers of before compare the other one, and know nothing of stamps.
  const stamped =
    stamp === undefined ? [null, null, 0] : [stamp.kid, stamp.signature, sumOf(sequence, stamp.kid, stamp.signature)];
  yield* put(ADD_ANSWER, ...values, sumOf(...values), ...stamped);
  if (endorses !== undefined) yield* endorse(endorses, signed, deviceKid, now);
  if (rejects !== undefined) yield* strike(rejects.account, rejects.kid, now, rejects.rule);
  return { kind: "settled", answered: { digest, received: now, place, stamp } };
}

/** About a pending device, or an active one's wanted profile: one of the two, and none where neither is what was asked. */
function* endorse(
  { account, kid, profile, accepted }: Endorses,
  response: string,
  by: string,
  at: number,
): Script<void> {
  const asked = JSON.stringify(profile);
  const about = { at, kid, by, value: signedHash(asked) };
  if (accepted) {
    const isIn = (yield* run(LET_IN, asked, response, by, account, kid)) === 1;
    if (isIn) yield* accountRecord(account, { ...about, event: "device_active" });
    const isChanged = (yield* run(LET_CHANGE, response, by, account, kid, asked)) === 1;
    if (isChanged) yield* accountRecord(account, { ...about, event: "profile" });
  } else {
    const isAway = (yield* run(TURN_AWAY, account, kid)) === 1;
    if (isAway) yield* accountRecord(account, { ...about, event: "device_revoked" });
    yield* run(DROP_CHANGE, account, kid, asked);
  }
}

function* refuse(sequence: number, deviceKid: string, now: number): Script<SettleOutcome> {
  yield* lockOf(sequence);
  const place = yield* endedByDevice({ event: "REFUSED", at: now, request: sequence, by: deviceKid });
  return place === undefined ? yield* refusal(sequence, deviceKid, "REFUSED", "", now) : { kind: "settled" };
}

function* cancel(sequence: number, now: number): Script<boolean> {
  yield* lockOf(sequence);
  const place = yield* ended({ event: "ECANCEL", at: now, request: sequence }, CANCEL, now, sequence);
  return place !== undefined || (yield* expire(sequence, now));
}

function* expireDue(now: number, limit: number): Script<readonly Settled[]> {
  const settled: Settled[] = [];
  for (const one of yield* claim(DUE, now, limit)) {
    if (yield* expire(integerOf(one, "seq"), now)) {
      settled.push({ brokerId: textOf(one, "broker_id"), account: textOf(one, "account"), state: "EXPIRED" });
    }
  }
  return settled;
}

export function settlingScripts({ read, write, share }: Engine): Settling {
  return {
    // What an answer says of a device or of a sender is read and written in more than one statement.
    answer: (given) =>
      (given.endorses ?? given.rejects) === undefined ? share(() => answer(given)) : write(() => answer(given)),
    refuse: ({ sequence, deviceKid, now }) => write(() => refuse(sequence, deviceKid, now)),
    cancel: (sequence, now) => write(() => cancel(sequence, now)),
    expire: (sequence, now) => write(() => expire(sequence, now)),
    // Looking first keeps an idle broker from writing every second.
    expireDue: async (now, limit) =>
      (await read(() => row(DUE, now, 1))) === undefined ? [] : write(() => expireDue(now, limit)),
  };
}
