/** One writer at a time, across processes: a folder that only one of them can make. */
import { mkdir, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isCode, privateFolder } from "./files.ts";
import { dirname } from "node:path";

const STALE_MS = 10_000;
const GIVE_UP_MS = 15_000;

/**
 * Runs `work` while no other process does so under the same path. A lock older than 10 s is a dead process's.
 *
 * @throws Error where the lock cannot be had within 15 s
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await privateFolder(dirname(path));
  const deadline = Date.now() + GIVE_UP_MS;
  while (!(await take(lock))) {
    if (Date.now() > deadline) throw new Error(`${lock} is held by another process. Remove it if none is running.`);
    await sleep(20);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  }
  const found = await stat(lock).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) await rm(lock, { recursive: true, force: true });
  return false;
}
