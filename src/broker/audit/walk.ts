/** Walks one chain, record by record: each must follow the one before. After a break it goes on behind it. */
import { type AuditPlace, type AuditRecord, recordHash } from "../store/index.ts";
import type { Findings } from "./findings.ts";

/** What a checkpoint or a stamp saw at one place. */
export interface Sight {
  readonly hash: string;
  /** The digests that a stamp says are recorded there: the request's, the answer's. */
  readonly about?: { readonly subject: string; readonly value: string };
  /** Who says so, for a sentence: "the checkpoint of ...". */
  readonly by: string;
}

/** What was seen where, of one chain. */
export type Sights = Map<number, Sight[]>;

const isOf = ({ subject, value }: AuditRecord, about: NonNullable<Sight["about"]>): boolean =>
  subject === about.subject && value === about.value;

export class Walk {
  readonly writer: string;
  readonly #findings: Findings;
  readonly #sights: Sights;
  #sequence: number;
  #hash: string;

  /** @param base - the record before the first */
  constructor(base: AuditPlace, sights: Sights, findings: Findings) {
    this.writer = base.writer;
    this.#sequence = base.sequence;
    this.#hash = base.hash;
    this.#sights = sights;
    this.#findings = findings;
  }

  /** The last record that was walked over. */
  get place(): AuditPlace {
    return { writer: this.writer, sequence: this.#sequence, hash: this.#hash };
  }

  step(record: AuditRecord): void {
    const { writer } = this;
    const { sequence, hash } = record;
    const expected = this.#sequence + 1;
    if (sequence !== expected) {
      const which = sequence - 1 === expected ? `record ${expected} is` : `records ${expected} to ${sequence - 1} are`;
      const isBack = sequence < expected;
      this.#findings.add({
        ...{ code: "missing", writer, sequence },
        detail: isBack ? `record ${sequence} comes after record ${this.#sequence}` : `${which} not there`,
      });
    } else if (recordHash(writer, this.#hash, record) !== hash) {
      const detail = `record ${sequence} is not what was written after record ${this.#sequence}: it, or the one before, was altered`;
      this.#findings.add({ code: "altered", writer, sequence, detail });
    }
    this.#sequence = sequence;
    this.#hash = hash;
    this.look(record);
  }

  /** Holds the present place against what was seen there. */
  look(record?: AuditRecord): void {
    const { writer } = this;
    const sequence = this.#sequence;
    for (const { hash, about, by } of this.#sights.get(sequence) ?? []) {
      if (hash !== this.#hash) {
        const detail = `${by} saw another record ${sequence}: the log was rewritten, from there or from before`;
        this.#findings.add({ code: "rewritten", writer, sequence, detail });
      } else if (record !== undefined && about !== undefined && !isOf(record, about)) {
        const detail = `${by} names record ${sequence}, which is of another request or answer`;
        this.#findings.add({ code: "stamp", writer, sequence, detail });
      }
    }
    this.#sights.delete(sequence);
  }

  /** Says what was seen behind the end. */
  end(): void {
    for (const [sequence, sights] of this.#sights) {
      for (const { by } of sights) {
        const detail = `${by} saw record ${sequence}, and the chain ends at ${this.#sequence}: it was cut off`;
        this.#findings.add({ code: "truncated", writer: this.writer, sequence, detail });
      }
    }
  }
}
