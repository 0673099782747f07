/** Makes checkpoints: the service signs where the chains end now, where anything was written since the last one. */
import { openCheckpoint, signCheckpoint, type SigningKey } from "../../crypto/index.ts";
import type { AuditStore, StoredCheckpoint } from "../store/index.ts";

/** @returns the newest one, whether it was made now or not; undefined where the log is empty */
export async function makeCheckpoint(
  store: AuditStore,
  key: SigningKey,
  now: number,
): Promise<StoredCheckpoint | undefined> {
  const newest = await store.newestCheckpoint();
  const heads = await store.auditHeads();
  if (heads.length === 0) return newest;
  const hashes = new Set(heads.map(({ hash }) => hash));
  const isNew = newest === undefined || (await openCheckpoint(newest.checkpoint)).heads.length !== heads.length;
  if (!isNew && (await openCheckpoint(newest.checkpoint)).heads.every(({ hash }) => hashes.has(hash))) return newest;
  await store.addCheckpoint(now, await signCheckpoint(key, now, heads));
  return store.newestCheckpoint();
}
