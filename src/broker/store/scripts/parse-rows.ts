/** Rows of the database as typed values. They were checked before they were written, so only their presence is checked. */
import {
  type Draft,
  DRAFTS,
  type FlattenedJws,
  type Jws,
  type JwsOrJwe,
  type PublicJwk,
  REQUEST_STATUSES,
  type RequestStatus,
} from "../../../protocol/index.ts";
import type { PrivateJwk } from "../../../crypto/index.ts";
import type { AuditPlace } from "../audit.ts";
import type { DeviceState, StoredDevice } from "../accounts.ts";
import { damagedStore, type StoreError } from "../errors.ts";
import type { KeptOfAnswer, KnownOfRequest, PendingRequest, StampSignature, StoredRequest } from "../requests.ts";
import { requireSum } from "./sums.ts";

type Row = Readonly<Record<string, unknown>>;

const asRow = (value: unknown): Row => value as Row;

function broken(name: string): StoreError {
  return damagedStore(`The column ${name} does not hold what this program writes`);
}

/** A text column. @throws StoreError `damaged` */
export function textOf(row: unknown, name: string): string {
  const value = asRow(row)[name];
  if (typeof value !== "string") throw broken(name);
  return value;
}

/** A text column that may be null. @throws StoreError `damaged` */
export function optionalTextOf(row: unknown, name: string): string | undefined {
  return asRow(row)[name] === null ? undefined : textOf(row, name);
}

/** An integer column. @throws StoreError `damaged` */
export function integerOf(row: unknown, name: string): number {
  const value = asRow(row)[name];
  if (typeof value !== "number") throw broken(name);
  return value;
}

/** An integer column that may be null. @throws StoreError `damaged` */
export function optionalIntegerOf(row: unknown, name: string): number | undefined {
  return asRow(row)[name] === null ? undefined : integerOf(row, name);
}

/** A column with a JSON list of texts. */
export function textsOf(row: unknown, name: string): readonly string[] {
  return JSON.parse(textOf(row, name)) as readonly string[];
}

/** A column with a JSON list of numbers. */
export function numbersOf(row: unknown, name: string): readonly number[] {
  return JSON.parse(textOf(row, name)) as readonly number[];
}

export function jwsOf(row: unknown, name: string): Jws {
  return JSON.parse(textOf(row, name)) as Jws;
}

export function jwsOrJweOf(row: unknown, name: string): JwsOrJwe {
  return JSON.parse(textOf(row, name)) as JwsOrJwe;
}

export function optionalJwsOf(row: unknown, name: string): Jws | undefined {
  return optionalTextOf(row, name) === undefined ? undefined : jwsOf(row, name);
}

export function flattenedJwsOf(row: unknown, name: string): FlattenedJws {
  return JSON.parse(textOf(row, name)) as FlattenedJws;
}

export function publicJwkOf(row: unknown, name: string): PublicJwk {
  return JSON.parse(textOf(row, name)) as PublicJwk;
}

export function privateJwkOf(row: unknown, name: string): PrivateJwk {
  return JSON.parse(textOf(row, name)) as PrivateJwk;
}

export function requestStatusOf(row: unknown): RequestStatus {
  const state = textOf(row, "state");
  const known = REQUEST_STATUSES.find((one) => one === state);
  if (known === undefined) throw broken("state");
  return known;
}

function draftOf(row: unknown): Draft {
  const draft = textOf(row, "draft");
  const known = DRAFTS.find((one) => one === draft);
  if (known === undefined) throw broken("draft");
  return known;
}

const DEVICE_STATES: readonly DeviceState[] = ["active", "pending", "revoked"];

export function deviceStateOf(row: unknown): DeviceState {
  const state = textOf(row, "state");
  const known = DEVICE_STATES.find((one) => one === state);
  if (known === undefined) throw broken("state");
  return known;
}

export function deviceOf(row: unknown): StoredDevice {
  return Object.freeze({
    account: textOf(row, "account"),
    kid: textOf(row, "kid"),
    name: textOf(row, "name"),
    profile: jwsOf(row, "profile"),
    state: deviceStateOf(row),
    created: integerOf(row, "created"),
    lastSeen: optionalIntegerOf(row, "last_seen"),
    asked: optionalTextOf(row, "asked"),
    wanted: optionalJwsOf(row, "wanted"),
    endorsement: optionalJwsOf(row, "endorsement"),
    endorsedBy: optionalTextOf(row, "endorsed_by"),
    change: optionalJwsOf(row, "change"),
    changedBy: optionalTextOf(row, "changed_by"),
    revocation: optionalJwsOf(row, "revocation"),
  });
}

/** Stands for the FromID of an encrypted request, which nobody here can read; no account is empty. */
export const ENCRYPTED = "";

/** Stands for the text of an answer that was erased. */
export const ERASED = "";

/** Where the audit log says when an answer came. */
function placeOf(row: unknown): AuditPlace | undefined {
  const writer = optionalTextOf(row, "audit_writer");
  if (writer === undefined) return undefined;
  return { writer, sequence: integerOf(row, "audit_seq"), hash: textOf(row, "audit_hash") };
}

/** What the service signed when the answer came. An answer of an older version has none. @throws StoreError `damaged` */
function stampOf(row: unknown): StampSignature | undefined {
  const kid = optionalTextOf(row, "stamp_kid");
  if (kid === undefined) return undefined;
  const signature = textOf(row, "stamp");
  requireSum(integerOf(row, "stamp_sum"), integerOf(row, "seq"), kid, signature);
  return { kid, signature };
}

/** The columns of a request that never change, of which there is a sum. */
export const SUMMED = `broker_id, account, r.digest, signer_kid, verified, posted_by, enquirer_id, enquirer_id_signed,
    from_id, draft, r.received, expire, r.sum`;

/** Compares the sum of a request's columns. @throws StoreError `damaged` */
export function requireRequest(row: unknown): void {
  requireSum(
    optionalIntegerOf(row, "sum"),
    textOf(row, "broker_id"),
    textOf(row, "account"),
    textOf(row, "digest"),
    textOf(row, "signer_kid"),
    integerOf(row, "verified"),
    optionalTextOf(row, "posted_by") ?? null,
    optionalTextOf(row, "enquirer_id") ?? null,
    integerOf(row, "enquirer_id_signed"),
    textOf(row, "from_id"),
    textOf(row, "draft"),
    integerOf(row, "received"),
    integerOf(row, "expire"),
  );
}

/** The signed answer in the row of a request. @throws StoreError `damaged` */
function responseOf(row: unknown): JwsOrJwe | undefined {
  const text = optionalTextOf(row, "response");
  if (text === undefined && requestStatusOf(row) === "REPLY") throw damagedStore("An answer is gone");
  if (text === undefined || text === ERASED) return undefined;
  const place = placeOf(row);
  requireSum(
    optionalIntegerOf(row, "answer_sum"),
    integerOf(row, "seq"),
    textOf(row, "answer_digest"),
    integerOf(row, "answer_received"),
    text,
    place?.writer ?? null,
    place?.sequence ?? null,
    place?.hash ?? null,
  );
  return jwsOrJweOf(row, "response");
}

/** The body of a request, in its row. @throws StoreError `damaged` */
export function bodyOf(row: unknown): JwsOrJwe {
  requireSum(optionalIntegerOf(row, "body_sum"), integerOf(row, "seq"), textOf(row, "request"));
  return jwsOrJweOf(row, "request");
}

/** @throws StoreError `damaged` */
export function knownOf(row: unknown): KnownOfRequest {
  requireRequest(row);
  return {
    sequence: integerOf(row, "seq"),
    brokerId: textOf(row, "broker_id"),
    account: textOf(row, "account"),
    digest: textOf(row, "digest"),
    signerKid: textOf(row, "signer_kid"),
    postedBy: optionalTextOf(row, "posted_by"),
    enquirerId: optionalTextOf(row, "enquirer_id"),
    draft: draftOf(row),
    expire: integerOf(row, "expire"),
    encrypted: textOf(row, "from_id") === ENCRYPTED,
  };
}

/** @throws StoreError `damaged` */
export function requestOf(row: unknown): StoredRequest {
  const asItStands = { state: requestStatusOf(row), response: responseOf(row), answered: answerOf(row) };
  return Object.assign(knownOf(row), asItStands);
}

/** Of a request's answer what remains when it is erased. */
export function answerOf(row: unknown): KeptOfAnswer | undefined {
  const digest = optionalTextOf(row, "answer_digest");
  if (digest === undefined) return undefined;
  return { digest, received: integerOf(row, "answer_received"), place: placeOf(row), stamp: stampOf(row) };
}

/** @throws StoreError `damaged` */
export function pendingOf(row: unknown): PendingRequest {
  requireRequest(row);
  return Object.freeze({
    sequence: integerOf(row, "seq"),
    brokerId: textOf(row, "broker_id"),
    account: textOf(row, "account"),
    postedBy: optionalTextOf(row, "posted_by"),
    enquirerId: optionalTextOf(row, "enquirer_id"),
    expire: integerOf(row, "expire"),
    request: bodyOf(row),
  });
}
