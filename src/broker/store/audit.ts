/**
 * The audit log, as every engine keeps it: what happened, in chains of records of which each fixes the one before by its
 * hash. A record is written in the transaction of what it records, so the one is never there without the other. It holds
 * digests and fingerprints of keys; no text, no answer, no account's name, no BrokerID.
 */
import type { AuditPlace } from "../../crypto/index.ts";
import type { FlattenedJws, JwsOrJwe, RequestStatus } from "../../protocol/index.ts";
import type { DeviceState } from "./accounts.ts";
import type { ServiceKeyStore } from "./service-keys.ts";

export const AUDIT_EVENTS = [
  /** A chain begins; `request` is the last request that was there before the store had a log. */
  "began",
  /** A request was taken in; `kid` signed it, `by` posted it. */
  "posted",
  /** How a request ended; `by` is the device, `value` the answer's digest. */
  "REPLY",
  "REFUSED",
  "ECANCEL",
  "BCANCEL",
  "EXPIRED",
  "account_added",
  "account_removed",
  /** A connect code was given out. */
  "code",
  /** How a device stands from now on; `value` is the digest of its profile, or of its revocation. */
  "device_active",
  "device_pending",
  "device_revoked",
  /** An active device has another profile, or asks for one with other keys. */
  "profile",
  "profile_wanted",
  "enquirer_added",
  "enquirer_removed",
  /** An owner's policy; `value` is the digest of the lists. */
  "policy",
  /** A service key was announced; `value` is the digest of the handover. */
  "service_key",
  /** Texts and answers up to this request were erased. */
  "erased",
] as const;
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** What happened. What a record does not say is empty in it, or 0. */
export interface AuditEntry {
  readonly event: AuditEvent;
  /** Milliseconds since 1970, by the clock of the process that wrote it. */
  readonly at: number;
  /** The store's number of the request. */
  readonly request?: number;
  /** What it is about: a request's digest, or an account, told by the hash of its name and a secret that goes with it. */
  readonly subject?: string;
  /** The key that it is about. */
  readonly kid?: string;
  /** The digest of what was signed or decided. */
  readonly value?: string;
  /** The key whose word it was; empty: the operator's, or nobody's. */
  readonly by?: string;
}

/** A record as it is kept. */
export interface AuditRecord extends Required<AuditEntry> {
  readonly sequence: number;
  readonly hash: string;
}

/** A chain, with what was moved out of the store. */
export interface AuditChain {
  readonly chain: number;
  readonly writer: string;
  /** The last record that was moved out; 0 and an empty hash where none was. */
  readonly base: { readonly sequence: number; readonly hash: string };
  /** The latest date in what was moved out. */
  readonly movedAt: number;
}

export interface StoredCheckpoint {
  readonly id: number;
  readonly created: number;
  readonly checkpoint: FlattenedJws;
}

/** What the tables say of a request and its answer, to be held against the records. */
export interface AuditedRequest {
  readonly sequence: number;
  readonly digest: string;
  readonly signerKid: string;
  readonly received: number;
  readonly state: RequestStatus;
  readonly settled: number | undefined;
  readonly settledBy: string | undefined;
  readonly answer: AuditedAnswer | undefined;
}

export interface AuditedAnswer {
  readonly digest: string;
  readonly received: number;
  /** Undefined where it came before there was a log. */
  readonly place: AuditPlace | undefined;
}

/** The same with the bodies; undefined where they were erased. */
export interface AuditedBodies extends AuditedRequest {
  readonly request: JwsOrJwe | undefined;
  readonly response: JwsOrJwe | undefined;
}

export interface AuditedDevice {
  readonly account: string;
  readonly salt: string;
  readonly kid: string;
  readonly state: DeviceState;
  readonly created: number;
}

/** What verifying reads. */
export interface AuditReader {
  /** The number of the last request that was there before the store had a log. */
  auditFrom(): Promise<number>;
  auditChains(): Promise<readonly AuditChain[]>;
  /** Where each chain ends that has a record. */
  auditHeads(): Promise<readonly AuditPlace[]>;
  /** Records of one chain behind `after`, in their order. */
  auditRecords(chain: number, after: number, limit: number): Promise<readonly AuditRecord[]>;
  /** The hash of one record. */
  auditHash(chain: number, sequence: number): Promise<string | undefined>;
  /** Checkpoints behind `after`, the oldest first. */
  checkpoints(after: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  newestCheckpoint(): Promise<StoredCheckpoint | undefined>;
  auditedRequests(sequences: readonly number[]): Promise<readonly AuditedRequest[]>;
  /** Requests behind `after` by their numbers, with bodies. */
  auditedBodies(after: number, limit: number): Promise<readonly AuditedBodies[]>;
  /** Devices behind this one, by account and kid. */
  auditedDevices(account: string, kid: string, limit: number): Promise<readonly AuditedDevice[]>;
}

/** A store as it was at one instant, for reading alone. */
export interface AuditSnapshot extends AuditReader, Pick<ServiceKeyStore, "firstServiceKey" | "laterServiceKeys"> {
  close(): Promise<void>;
}

/** How far an erasure came. */
export interface Erased {
  /** The last request that was looked at; undefined where there are no more. */
  readonly last: number | undefined;
  readonly requests: number;
  readonly answers: number;
}

export type { AuditPlace };

export interface AuditStore extends AuditReader {
  addCheckpoint(created: number, checkpoint: FlattenedJws): Promise<void>;
  /**
   * From now on a chain begins behind `base`, of which a copy is elsewhere; false where it does not begin at `from` any more.
   */
  moveBase(
    chain: number,
    from: number,
    base: { readonly sequence: number; readonly hash: string; readonly movedAt: number },
  ): Promise<boolean>;
  /** Drops records that were moved out, at most `limit` of a chain. @returns whether there may be more */
  dropMoved(limit: number): Promise<boolean>;
  /** Drops the checkpoints before this one. */
  dropCheckpoints(before: number): Promise<void>;
  /** Erases request and answer of what ended before `before`, at most `limit` requests behind `after`. */
  eraseBodies(erasure: {
    readonly before: number;
    readonly after: number;
    readonly limit: number;
    readonly now: number;
  }): Promise<Erased>;
}
