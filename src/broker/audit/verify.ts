/**
 * Verifies an audit log (design §9): each chain from its beginning, against what was kept elsewhere, against the service's
 * own checkpoints, and against the requests, answers and devices that it is about. Record by record: what is kept in memory
 * is a byte a request and an entry a device.
 */
import type { FlattenedJws } from "../../protocol/index.ts";
import { openCheckpoint } from "../../crypto/index.ts";
import type { AuditChain, AuditPlace, AuditRecord, AuditSnapshot } from "../store/index.ts";
import { MOST_LOOKED_UP } from "../store/index.ts";
import { Findings, type Problem } from "./findings.ts";
import { holdCheckpoints } from "./hold-checkpoints.ts";
import { type KnownKeys, knownKeys, onlyStored } from "./known-keys.ts";
import { Marks } from "./marks.ts";
import { matchRecords } from "./match-records.ts";
import { matchDevices, matchRequests } from "./match-rows.ts";
import { readMoved } from "./moved-file.ts";
import { type AllSights, opening, sightsOf } from "./sights.ts";
import { Walk } from "./walk.ts";

export interface AuditOptions {
  /** Checkpoints and stamps that were kept elsewhere. */
  readonly heads?: readonly FlattenedJws[];
  readonly stamps?: readonly FlattenedJws[];
  /** Files of records that were moved out, the oldest first. */
  readonly files?: readonly string[];
  /** Fingerprints of service keys that are known from elsewhere; default: those in the store count. */
  readonly pins?: readonly string[];
  /** Told now and then how far it is. */
  readonly onProgress?: (done: { readonly records: number; readonly requests: number }) => void;
}

export interface AuditReport {
  readonly verified: boolean;
  readonly chains: number;
  readonly records: number;
  readonly requests: number;
  readonly checkpoints: number;
  /** Records that were moved out of the store and not given. */
  readonly movedOut: number;
  /** Requests whose records were moved out, and so could not be held against them. */
  readonly unchecked: number;
  /** The first of them. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/**
 * Verifies a log.
 *
 * @throws AuditError `file`; StoreError
 */
export async function verifyAudit(snapshot: AuditSnapshot, options: AuditOptions = {}): Promise<AuditReport> {
  const { heads = [], stamps = [], files = [], pins = [] } = options;
  const findings = new Findings();
  const keys = await knownKeys(snapshot, pins);
  const sights = await sightsOf({ heads, stamps }, keys, findings);
  return new Audit(snapshot, keys, sights, findings, options.onProgress).run(files);
}

class Audit {
  readonly #snapshot: AuditSnapshot;
  readonly #keys: KnownKeys;
  readonly #sights: AllSights;
  readonly #findings: Findings;
  readonly #onProgress: AuditOptions["onProgress"];
  readonly #marks = new Marks();
  /** Where the files end, by chain, and behind which record the first of them begins. */
  readonly #files = new Map<string, Walk>();
  readonly #beginnings = new Map<string, number>();
  #records = 0;
  #requests = 0;
  #from = 0;
  #log: number | undefined;

  constructor(
    snapshot: AuditSnapshot,
    keys: KnownKeys,
    sights: AllSights,
    findings: Findings,
    onProgress: AuditOptions["onProgress"],
  ) {
    this.#snapshot = snapshot;
    this.#keys = keys;
    this.#sights = sights;
    this.#findings = findings;
    this.#onProgress = onProgress;
  }

  async run(files: readonly string[]): Promise<AuditReport> {
    const chains = await this.#snapshot.auditChains();
    this.#from = await this.#snapshot.auditFrom();
    for (const path of files) await this.#file(path);
    for (const chain of chains) await this.#chain(chain);
    this.#strangers(chains);
    const checkpoints = await holdCheckpoints(chains, this.#snapshot, this.#keys, this.#findings);
    const absent = chains
      .map(({ writer, base, movedAt }) => ({ count: this.#beginnings.get(writer) ?? base.sequence, movedAt }))
      .filter(({ count }) => count > 0);
    const movedAt = absent.reduce((latest, one) => Math.max(latest, one.movedAt), -1);
    const known = {
      ...{ reader: this.#snapshot, marks: this.#marks, findings: this.#findings },
      before: { request: this.#from, log: this.#log, movedAt },
      onRows: (count: number) => {
        this.#requests += count;
        this.#progress();
      },
    };
    const unchecked = await matchRequests(known);
    await matchDevices(known);
    return {
      verified: this.#findings.count === 0,
      chains: chains.length,
      records: this.#records,
      requests: this.#requests,
      checkpoints,
      movedOut: absent.reduce((sum, { count }) => sum + count, 0),
      unchecked,
      problems: this.#findings.problems,
      problemCount: this.#findings.count,
    };
  }

  /** A file of records that were moved out. */
  async #file(path: string): Promise<void> {
    let walk: Walk | undefined;
    let page: AuditRecord[] = [];
    const match = async (): Promise<void> => {
      if (walk !== undefined) await this.#match(walk.writer, page);
      page = [];
    };
    for await (const line of readMoved(path)) {
      if (line.kind === "record" && walk !== undefined) {
        walk.step(line.record);
        page.push(line.record);
        if (page.length === MOST_LOOKED_UP) await match();
        continue;
      }
      await match();
      if (line.kind === "chain") walk = this.#fileChain(line.base, path);
      if (line.kind === "checkpoint") await this.#fileEnd(line.checkpoint);
    }
    await match();
  }

  #fileChain(base: AuditPlace, path: string): Walk {
    const before = this.#files.get(base.writer);
    if (before !== undefined && before.place.hash !== base.hash) {
      const detail = `${path} does not go on where the file before it ends: one is missing, or they are in another order`;
      this.#findings.add({ code: "moved", writer: base.writer, sequence: base.sequence, detail });
    }
    const walk = new Walk(base, this.#sights.of(base.writer), this.#findings);
    walk.look();
    this.#files.set(base.writer, walk);
    if (before === undefined) this.#beginnings.set(base.writer, base.sequence);
    return walk;
  }

  async #fileEnd(checkpoint: FlattenedJws): Promise<void> {
    const opened = await opening("checkpoint", openCheckpoint(checkpoint), onlyStored(this.#keys), this.#findings);
    for (const { writer, hash, sequence } of opened?.heads ?? []) {
      const end = this.#files.get(writer)?.place;
      if (end === undefined || (end.sequence === sequence && end.hash === hash)) continue;
      const detail = `the file does not end where its checkpoint says, at record ${sequence}`;
      this.#findings.add({ code: "moved", writer, sequence, detail });
    }
  }

  async #chain({ chain, writer, base }: AuditChain): Promise<void> {
    const sights = this.#sights.of(writer);
    const file = this.#files.get(writer)?.place;
    if (file !== undefined && (file.sequence !== base.sequence || file.hash !== base.hash)) {
      const detail = `the store begins behind record ${base.sequence}, and the files end at ${file.sequence}, or at another one`;
      this.#findings.add({ code: "moved", writer, sequence: base.sequence, detail });
    }
    const walk = new Walk({ writer, ...base }, sights, this.#findings);
    walk.look();
    for (const [sequence, seen] of sights) {
      if (sequence > base.sequence) continue;
      for (const { by } of seen) {
        const detail = `${by} saw record ${sequence}, which was moved out: give its file too`;
        this.#findings.add({ code: "moved", writer, sequence, detail });
      }
      sights.delete(sequence);
    }
    for (let after = base.sequence; ; after = walk.place.sequence) {
      const page = await this.#snapshot.auditRecords(chain, after, MOST_LOOKED_UP);
      for (const record of page) walk.step(record);
      await this.#match(writer, page);
      if (page.length < MOST_LOOKED_UP) break;
    }
    walk.end();
    sights.clear();
  }

  async #match(writer: string, page: readonly AuditRecord[]): Promise<void> {
    for (const { event, sequence, request, at } of page) {
      if (event !== "began") continue;
      if (request !== this.#from || sequence !== 1) {
        const detail = `a chain begins with record 1, after request ${this.#from}; this one says ${request}`;
        this.#findings.add({ code: "contradicted", writer, sequence, detail });
      }
      this.#log = Math.min(this.#log ?? at, at);
    }
    await matchRecords(writer, page, { reader: this.#snapshot, marks: this.#marks, findings: this.#findings });
    this.#records += page.length;
    this.#progress();
  }

  /** What was seen of chains that are not there. */
  #strangers(chains: readonly AuditChain[]): void {
    const known = new Set([...chains.map(({ writer }) => writer), ...this.#files.keys()]);
    for (const [writer, sights] of this.#sights.left) {
      if (known.has(writer)) continue;
      for (const [sequence, seen] of sights) {
        for (const { by } of seen) {
          const detail = `${by} saw record ${sequence} of a chain that is not in this store`;
          this.#findings.add({ code: "chain_missing", writer, sequence, detail });
        }
      }
    }
  }

  #progress(): void {
    this.#onProgress?.({ records: this.#records, requests: this.#requests });
  }
}
