/**
 * Moves old records out of the store into a file, up to a checkpoint. The file is on the disk before a row goes; a crash in
 * between leaves both, and the next time goes on.
 */
import { openCheckpoint, type SigningKey } from "../../crypto/index.ts";
import type { AuditChain, AuditPlace, Store, StoredCheckpoint } from "../store/index.ts";
import { AuditError } from "./errors.ts";
import { Findings } from "./findings.ts";
import { makeCheckpoint } from "./make-checkpoint.ts";
import { MovedFile } from "./moved-file.ts";
import { Walk } from "./walk.ts";

const PAGE = 1000;

export interface Moved {
  readonly records: number;
  /** When the checkpoint was made up to which they go; milliseconds since 1970. */
  readonly until: number;
}

interface Part {
  readonly chain: AuditChain;
  readonly head: AuditPlace;
}

/**
 * Moves out what is older than `before`: up to the last checkpoint that was made until then.
 *
 * @param path - a file that is not there yet
 * @throws AuditError `nothing`, `broken`; StoreError; an error of the system for the file
 */
export async function moveRecords(
  store: Store,
  key: SigningKey,
  { path, before, now }: { readonly path: string; readonly before: number; readonly now: number },
): Promise<Moved> {
  await makeCheckpoint(store, key, now);
  const point = await lastBefore(store, before);
  const heads = point === undefined ? [] : (await openCheckpoint(point.checkpoint)).heads;
  const chains = await store.auditChains();
  const parts = heads.flatMap((head): readonly Part[] => {
    const chain = chains.find(({ writer }) => writer === head.writer);
    return chain === undefined || chain.base.sequence >= head.sequence ? [] : [{ chain, head }];
  });
  if (point === undefined || parts.length === 0) {
    throw new AuditError("nothing", "There is no record that is old enough and that a checkpoint covers.");
  }
  const bases = await writeParts(store, path, parts, point);
  for (const { chain, from, base } of bases) {
    if (!(await store.moveBase(chain, from, base))) {
      throw new AuditError("broken", "Somebody else is moving records out; what stays in the store is whole.");
    }
  }
  await store.dropCheckpoints(point.id);
  while (await store.dropMoved(PAGE)) continue;
  return {
    records: parts.reduce((sum, { chain, head }) => sum + head.sequence - chain.base.sequence, 0),
    until: point.created,
  };
}

async function lastBefore(store: Store, before: number): Promise<StoredCheckpoint | undefined> {
  let found: StoredCheckpoint | undefined;
  for (let after = 0; ;) {
    const page = await store.checkpoints(after, PAGE);
    found = page.findLast(({ created }) => created <= before) ?? found;
    const last = page.at(-1);
    if (last === undefined || last.created > before) return found;
    after = last.id;
  }
}

interface NewBase {
  readonly chain: number;
  readonly from: number;
  readonly base: { readonly sequence: number; readonly hash: string; readonly movedAt: number };
}

async function writeParts(
  store: Store,
  path: string,
  parts: readonly Part[],
  point: StoredCheckpoint,
): Promise<readonly NewBase[]> {
  const file = await MovedFile.make(path);
  try {
    const bases: NewBase[] = [];
    for (const part of parts) bases.push(await writePart(store, file, part));
    await file.write({ kind: "checkpoint", checkpoint: point.checkpoint });
    await file.close();
    return bases;
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

async function writePart(store: Store, file: MovedFile, { chain, head }: Part): Promise<NewBase> {
  const { writer, base } = chain;
  const findings = new Findings();
  const walk = new Walk(
    { writer, ...base },
    new Map([[head.sequence, [{ hash: head.hash, by: "the checkpoint" }]]]),
    findings,
  );
  await file.write({ kind: "chain", base: { writer, ...base } });
  let { movedAt } = chain;
  while (walk.place.sequence < head.sequence) {
    const page = await store.auditRecords(chain.chain, walk.place.sequence, PAGE);
    for (const record of page) {
      if (record.sequence > head.sequence) break;
      walk.step(record);
      await file.write({ kind: "record", record });
      movedAt = Math.max(movedAt, record.at);
    }
    if (page.length === 0 || findings.count > 0) break;
  }
  if (findings.count > 0 || walk.place.sequence !== head.sequence) {
    const why = findings.problems[0]?.detail ?? "records are missing";
    throw new AuditError("broken", `The log does not verify, so nothing was moved: ${why}. See: confirm audit verify`);
  }
  return {
    chain: chain.chain,
    from: base.sequence,
    base: { sequence: head.sequence, hash: head.hash, movedAt },
  };
}
