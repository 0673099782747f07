/** The service's own checkpoints: they find a clumsy cut, and say that what was moved out was moved by the service. */
import { openCheckpoint } from "../../crypto/index.ts";
import { type AuditChain, type AuditPlace, type AuditSnapshot, MOST_LOOKED_UP } from "../store/index.ts";
import type { Findings } from "./findings.ts";
import { type KnownKeys, onlyStored } from "./known-keys.ts";
import { opening } from "./sights.ts";

/** Holds the chains against every checkpoint in the store. @returns how many there are */
export async function holdCheckpoints(
  chains: readonly AuditChain[],
  snapshot: AuditSnapshot,
  keys: KnownKeys,
  findings: Findings,
): Promise<number> {
  const byWriter = new Map(chains.map((chain) => [chain.writer, chain]));
  const begins = new Set(chains.filter(({ base }) => base.sequence > 0).map(({ writer }) => writer));
  const seen = new Map<string, string>();
  let count = 0;
  for (let after = 0; ;) {
    const page = await snapshot.checkpoints(after, MOST_LOOKED_UP);
    for (const { id, checkpoint } of page) {
      after = id;
      count += 1;
      const opened = await opening("checkpoint", openCheckpoint(checkpoint), onlyStored(keys), findings);
      const by = opened === undefined ? "" : `the stored checkpoint of ${new Date(opened.created).toISOString()}`;
      for (const head of opened?.heads ?? []) {
        if (seen.get(head.writer) === head.hash) continue;
        seen.set(head.writer, head.hash);
        const chain = byWriter.get(head.writer);
        if (chain?.base.hash === head.hash && chain.base.sequence === head.sequence) begins.delete(head.writer);
        await hold(head, chain, by, snapshot, findings);
      }
    }
    if (page.length < MOST_LOOKED_UP) break;
  }
  for (const writer of begins) {
    const sequence = byWriter.get(writer)?.base.sequence ?? 0;
    const detail = `no checkpoint says that the records up to ${sequence} were moved out: they were taken away`;
    findings.add({ code: "beginning", writer, sequence, detail });
  }
  return count;
}

async function hold(
  { writer, sequence, hash }: AuditPlace,
  chain: AuditChain | undefined,
  by: string,
  snapshot: AuditSnapshot,
  findings: Findings,
): Promise<void> {
  if (chain === undefined) {
    findings.add({ code: "chain_missing", writer, sequence, detail: `${by} saw a chain that is not there` });
    return;
  }
  if (sequence < chain.base.sequence) return;
  const isBase = sequence === chain.base.sequence;
  const found = isBase ? chain.base.hash : await snapshot.auditHash(chain.chain, sequence);
  if (found === hash) return;
  const detail =
    found === undefined ? `${by} saw record ${sequence}, which is not there` : `${by} saw another record ${sequence}`;
  findings.add({ code: found === undefined ? "truncated" : "rewritten", writer, sequence, detail });
}
