/**
 * The extension's one IndexedDB: keys, requests, answers, pins, what domains said, what the user wants of senders. Writes are durable ("strict") before they count; an upgrade
 * never drops what is there, and what a newer version of the extension stored is left alone.
 */
import type { StorageProblem } from "../messages.ts";

const NAME = "mesh-confirm";
const VERSION = 4;

/**
 * Accounts with their keys; the inbox; digests of what has left the inbox; the senders that the user pinned; the domains
 * that were asked about theirs; the keys that the user muted or blocked, or that asked under a name with another pin.
 */
export type StoreName = "accounts" | "inbox" | "digests" | "pins" | "domains" | "senders";

/** The index of the inbox by account and broker. */
export const BY_ACCOUNT = "account";

const BY_DIGEST = { keyPath: ["account", "broker", "digest"] };

function upgrade(database: IDBDatabase, from: number): void {
  if (from < 1) {
    database.createObjectStore("accounts", { keyPath: ["account", "broker"] });
    const inbox = database.createObjectStore("inbox", BY_DIGEST);
    inbox.createIndex(BY_ACCOUNT, ["account", "broker"]);
    database.createObjectStore("pins", { keyPath: ["fromId", "kid"] });
  }
  if (from < 2) database.createObjectStore("domains", { keyPath: "domain" });
  if (from < 3) database.createObjectStore("senders", { keyPath: "kid" });
  if (from < 4) database.createObjectStore("digests", BY_DIGEST);
}

/** Opens the database, making or upgrading it. */
export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
    request.onblocked = () => reject(new Error("The database is held open by an older version of the extension."));
    request.onerror = () => reject(request.error ?? new Error("The database cannot be opened."));
    request.onsuccess = () => {
      // An update of the extension must not wait for this worker to die.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

/** What is wrong with a storage that rejected with this. */
export function storageProblemOf(error: unknown): StorageProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "VersionError") return "newer";
  return name === "QuotaExceededError" ? "full" : "failed";
}

/** The databases whose last write failed, and why. */
const troubled = new WeakMap<IDBDatabase, StorageProblem>();

/** What is wrong with the database, since a write failed and until one succeeds. */
export function storageProblem(database: IDBDatabase): StorageProblem | undefined {
  return troubled.get(database);
}

/** One transaction: `work` only starts requests; what it returns is there once everything is on disk. */
export async function transact<T>(
  database: IDBDatabase,
  names: StoreName | readonly StoreName[],
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore, done: (result: T) => void, transaction: IDBTransaction) => void,
  otherwise: T,
): Promise<T> {
  const [first = "inbox", ...others] = typeof names === "string" ? [names] : names;
  try {
    const result = await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction([first, ...others], mode, { durability: "strict" });
      let now = otherwise;
      transaction.oncomplete = () => resolve(now);
      transaction.onabort = () => reject(transaction.error ?? new Error("The storage refused a write."));
      work(transaction.objectStore(first), (value) => (now = value), transaction);
    });
    // What found nothing to write says nothing about writing.
    if (mode === "readwrite" && result !== otherwise) troubled.delete(database);
    return result;
  } catch (error) {
    // The first one is the reason: Firefox refuses the write after one that found the disk full as a forbidden one.
    troubled.set(database, troubled.get(database) ?? storageProblemOf(error));
    throw error;
  }
}
