/**
 * One writer at a time, across processes: a file that only one of them can make, and that says who made it. A process
 * that dies leaves it behind; it is taken away when it is old and its maker is gone, never from one that is alive.
 */
import { randomBytes } from "node:crypto";
import { open, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isCode, privateFolder } from "./files.ts";

/** Nothing is held so long but by a process that died, or stands still. */
const OLD_MS = 10_000;
/** After so long the process number may be another's by now, or the maker another machine. */
const VERY_OLD_MS = 600_000;
const GIVE_UP_MS = 15_000;

/**
 * Runs `work` while no other process does so under the same path.
 *
 * @throws Error where the lock cannot be had within 15 s
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const owner = `${String(process.pid)} ${randomBytes(12).toString("hex")} ${hostname()}`;
  await privateFolder(dirname(path));
  held.add(owner);
  try {
    await acquire(lock, owner);
    return await work();
  } finally {
    held.delete(owner);
    // Only its own: it may have been removed by hand, and another process made a new one.
    if ((await readOwner(lock)) === owner) await rm(lock, { force: true });
  }
}

/** What this process holds itself: its number may be that of one that died before, as in a restarted container. */
const held = new Set<string>();

async function acquire(lock: string, owner: string): Promise<void> {
  const deadline = Date.now() + GIVE_UP_MS;
  while (!(await make(lock, owner))) {
    if (Date.now() > deadline) throw new Error(`${lock} is held by another process. Remove it if none is running.`);
    await clearLeftOver(lock);
    await sleep(5 + Math.random() * 15);
  }
}

async function make(path: string, owner: string): Promise<boolean> {
  let file;
  try {
    file = await open(path, "wx", 0o600);
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
  try {
    await file.writeFile(owner);
    return true;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function readOwner(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

/** Removes a dead process's lock. One at a time: else the second to look would remove the next one's. */
async function clearLeftOver(lock: string): Promise<void> {
  if (!(await isLeftOver(lock))) return;
  const clearing = `${lock}.clearing`;
  if (!(await make(clearing, ""))) {
    if ((await ageOf(clearing)) > OLD_MS) await rm(clearing, { force: true });
    return;
  }
  try {
    if (await isLeftOver(lock)) await rm(lock, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
}

async function isLeftOver(lock: string): Promise<boolean> {
  const age = await ageOf(lock);
  if (age <= OLD_MS) return false;
  if (age > VERY_OLD_MS) return true;
  const owner = (await readOwner(lock)) ?? "";
  const [pid = "", , host] = owner.split(" ");
  // A maker that died before it said who it was is gone for sure: the lock is old.
  if (pid === "") return true;
  return host === hostname() && !isAlive(Number(pid), owner);
}

function isAlive(pid: number, owner: string): boolean {
  if (pid === process.pid) return held.has(owner);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, "ESRCH");
  }
}

/** Milliseconds since the file was written; 0 where there is none. */
async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}
