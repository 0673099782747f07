/** What checkpoints and stamps that were kept elsewhere saw: the only word on the log that whoever owns the store cannot change. */
import { CryptoError, openCheckpoint, openStamp, type VerifyKey } from "../../crypto/index.ts";
import { type FlattenedJws, ProtocolError } from "../../protocol/index.ts";
import type { AuditPlace } from "../store/index.ts";
import type { Findings, ProblemCode } from "./findings.ts";
import type { KnownKeys } from "./known-keys.ts";
import type { Sight, Sights } from "./walk.ts";

export class AllSights {
  readonly #chains = new Map<string, Sights>();

  of(writer: string): Sights {
    const known = this.#chains.get(writer) ?? (new Map<number, Sight[]>() satisfies Sights);
    this.#chains.set(writer, known);
    return known;
  }

  add({ writer, sequence, hash }: AuditPlace, more: Omit<Sight, "hash">): void {
    const sights = this.of(writer);
    sights.set(sequence, [...(sights.get(sequence) ?? []), { hash, ...more }]);
  }

  /** Those that were not held against a record, by chain. */
  get left(): Iterable<readonly [string, Sights]> {
    return this.#chains;
  }
}

export interface Kept {
  readonly heads: readonly FlattenedJws[];
  readonly stamps: readonly FlattenedJws[];
}

/** Reads what was kept; what is forged, or of another service, is a finding. */
export async function sightsOf({ heads, stamps }: Kept, keys: KnownKeys, findings: Findings): Promise<AllSights> {
  const sights = new AllSights();
  for (const jws of heads) {
    const opened = await opening("checkpoint", openCheckpoint(jws), keys, findings);
    const by = opened === undefined ? "" : `the checkpoint of ${new Date(opened.created).toISOString()}`;
    for (const head of opened?.heads ?? []) sights.add(head, { by });
  }
  for (const jws of stamps) {
    const opened = await opening("stamp", openStamp(jws), keys, findings);
    if (opened === undefined) continue;
    const { audit, requestDigest: subject, responseDigest: value, received } = opened;
    const by = `the stamp of ${new Date(received).toISOString()}`;
    if (audit !== undefined) sights.add(audit, { by, about: { subject, value } });
    else findings.add({ code: "stamp", detail: `${by} names no record: it was made before the broker had a log` });
  }
  return sights;
}

/** Undefined where its word does not count, which is a finding then. */
export async function opening<T extends { readonly signer: VerifyKey }>(
  code: ProblemCode & ("checkpoint" | "stamp"),
  work: Promise<T>,
  keys: Pick<KnownKeys, "counts">,
  findings: Findings,
): Promise<T | undefined> {
  try {
    const opened = await work;
    if (await keys.counts(opened.signer)) return opened;
    const detail = `the ${code} is signed by ${opened.signer.kid}, which is no key of this service: it is another's, or the store's key was replaced`;
    findings.add({ code, detail });
  } catch (error) {
    if (!(error instanceof CryptoError) && !(error instanceof ProtocolError)) throw error;
    findings.add({ code, detail: `the ${code} does not hold: ${error.message}` });
  }
  return undefined;
}
